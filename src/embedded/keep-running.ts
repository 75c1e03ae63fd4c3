import { fork } from 'node:child_process';
import { closeSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { openLog } from './log-file.ts';
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { ChildLine, ChildSpec } from './supervisor.ts';

export interface KeptRunning {
  readonly ready: Promise<void>;
  readonly gone: Promise<void>;
  pid(): number | null;
  /** Sends the signal and starts the process no more. */
  stop(signal: NodeJS.Signals): void;
}

/** Seconds before a start, by the number of quick deaths before it; the first one costs nothing. */
const PAUSES_S = [0, 0, 1, 2, 5, 10] as const;
const QUICK_MS = 30_000;
const HOPELESS_AFTER = 3;
/** How long a dead process's output may stay open: a grandchild that outlives it holds the pipe. */
const LAST_WORDS_MS = 300;

/** Starts a process again whenever it ends, until `stop`. */
export function keepRunning(
  spec: ChildSpec,
  logFile: string,
  onLine: (line: ChildLine) => void,
): KeptRunning {
  let child: ChildProcess | null = null;
  let timer: NodeJS.Timeout | null = null;
  let stopping = false;
  let quickDeaths = 0;
  let wasReady = false;
  const log = openLog(logFile);
  const ready = withResolvers();
  const gone = withResolvers();

  const write = (stream: ChildLine['stream'], line: string) => {
    writeSync(log, `${new Date().toISOString()} ${stream === 'stdout' ? '' : `${stream}: `}${line}\n`);
    onLine({ name: spec.name, stream, line });
  };
  const finish = () => {
    closeSync(log);
    gone.resolve();
  };
  const start = () => {
    timer = null;
    const began = Date.now();
    const process = launch(spec);
    child = process;
    process.on('message', (message) => {
      if ((message as { ready?: unknown } | null)?.ready !== true) return;
      wasReady = true;
      ready.resolve();
    });
    let startError: Error | null = null;
    process.once('error', (error) => (startError = error));
    const heard = Promise.all([forward(process.stdout, 'stdout'), forward(process.stderr, 'stderr')]);
    void ended(process).then(async (how) => {
      await Promise.race([heard, pause(LAST_WORDS_MS)]);
      process.stdout?.destroy();
      process.stderr?.destroy();
      await heard;
      again(startError?.message ?? how, Date.now() - began);
    });
  };
  const forward = async (output: Readable | null, stream: 'stdout' | 'stderr') => {
    if (output === null) return;
    const lines = createInterface({ input: output });
    output.once('close', () => lines.close());
    for await (const line of lines) write(stream, line);
  };
  const again = (how: string, livedMs: number) => {
    child = null;
    if (stopping) return finish();
    quickDeaths = livedMs < QUICK_MS ? quickDeaths + 1 : 1;
    const seconds = PAUSES_S[Math.min(quickDeaths, PAUSES_S.length - 1)] ?? 0;
    write(
      'supervisor',
      `${spec.name} ended (${how}); started again ${seconds === 0 ? 'at once' : `in ${seconds} s`}`,
    );
    if (!wasReady && quickDeaths >= HOPELESS_AFTER)
      ready.reject(new Error(`${spec.name} does not start (${how}); see ${logFile}`));
    timer = setTimeout(start, seconds * 1000);
  };

  start();
  return {
    ready: ready.promise,
    gone: gone.promise,
    pid: () => child?.pid ?? null,
    stop(signal) {
      const first = !stopping;
      stopping = true;
      if (child !== null) child.kill(signal);
      else if (first) {
        if (timer !== null) clearTimeout(timer);
        finish();
      }
    },
  };
}

function launch({ argv: [script, ...args], env, cwd }: ChildSpec): ChildProcess {
  return fork(script, args, {
    cwd,
    env: { ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  });
}

const ended = (process: ChildProcess) =>
  new Promise<string>((resolve) => {
    process.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    process.once('error', () => process.pid === undefined && resolve('could not be started'));
  });

function withResolvers() {
  let resolve = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
