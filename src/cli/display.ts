import { changeLines } from './view/changes.ts';
import { clock } from './view/task-rows.ts';
import { treeLines } from './view/tree.ts';
import { openScreen } from './view/screen.ts';
import { columnsOf, isTerminal, paintFor, printLines, signsFor } from './io.ts';
import type { Frame } from './view/frame.ts';
import type { Io } from './io.ts';
import type { WireStatus } from '../contract/status.ts';

/** Where a followed job is shown. */
export interface Display {
  show(status: WireStatus): void;
  away(reason: string): void;
  /** Makes room for a question; `show` goes on. */
  pause(): void;
  close(): void;
}

/** A picture that is drawn again in place where that is possible, else a line for each change. */
export const openDisplay = (io: Io, footer: readonly string[]): Display =>
  isTerminal(io, io.stderr) ? livePicture(io, footer) : plainLines(io);

/** What a view is drawn for on stdout or stderr of this process. */
export const frameFor = (io: Io, output: Io['stdout'], now = Date.now()): Frame => ({
  width: columnsOf(output),
  height: Infinity,
  now,
  beat: 0,
  paint: paintFor(io, output),
  signs: signsFor(io),
});

const BEAT_MS = 150;

function livePicture(io: Io, footer: readonly string[]): Display {
  const screen = openScreen(io.stderr);
  let status: WireStatus | null = null;
  let isAway = false;
  let beat = 0;
  const draw = () => {
    if (status === null) return;
    const height = (io.stderr.rows ?? 24) - 1;
    const foot = isAway ? [' The server does not answer; waiting for it. The job goes on.'] : footer;
    screen.draw(treeLines(status, { ...frameFor(io, io.stderr), height, beat }, foot));
  };
  let timer: NodeJS.Timeout | null = null;
  const stop = () => {
    if (timer !== null) clearInterval(timer);
    timer = null;
    screen.clear();
  };
  const begin = () => {
    timer ??= setInterval(() => {
      beat += 1;
      draw();
    }, BEAT_MS);
    draw();
  };
  return {
    show(now) {
      status = now;
      isAway = false;
      begin();
    },
    away(reason) {
      if (status === null && !isAway) io.stderr.write(`${reason}\n`);
      isAway = true;
      if (status !== null) begin();
    },
    pause: stop,
    close: stop,
  };
}

function plainLines(io: Io): Display {
  let before: WireStatus | null = null;
  let isAway = false;
  const print = (at: number, lines: readonly string[]) =>
    printLines(
      io.stderr,
      lines.map((line) => `${clock(new Date(at).toISOString())} ${line}`),
    );
  return {
    show(status) {
      if (isAway) print(Date.now(), ['the server is back']);
      isAway = false;
      print(Date.now(), changeLines(before, status));
      before = status;
    },
    away(reason) {
      if (!isAway) print(Date.now(), [`${reason} Waiting for it; the job goes on.`]);
      isAway = true;
    },
    pause() {},
    close() {},
  };
}
