import { width } from './text.ts';
import type { Output } from '../io.ts';

/** Lines that are drawn again in place at the end of a terminal's output. */
export interface Screen {
  /** Shows these lines instead of the ones before; no line may be wider than the terminal. */
  draw(lines: readonly string[]): void;
  /** Takes the lines away. */
  clear(): void;
  /** Leaves the last lines where they are, and gives the cursor back. */
  leave(): void;
}

const HIDE = '\x1b[?25l';
const SHOW = '\x1b[?25h';
// Terminals that know it show everything between the two at once; others ignore it.
const BEGIN = '\x1b[?2026h';
const END = '\x1b[?2026l';

/** One write per picture and no blank state in between, so that nothing flickers. */
export function openScreen(output: Output): Screen {
  let shown: readonly string[] | null = null;
  const giveBack = () => output.write(SHOW);
  const up = () => {
    // A terminal that became narrower has broken our lines.
    const columns = output.columns ?? 80;
    const rows = (shown ?? []).reduce((sum, line) => sum + Math.max(1, Math.ceil(width(line) / columns)), 0);
    return rows > 0 ? `\x1b[${rows}A\r` : '\r';
  };
  return {
    draw(lines) {
      if (shown !== null && lines.length === shown.length && lines.every((line, at) => line === shown?.[at]))
        return;
      if (shown === null) {
        output.write(HIDE);
        process.once('exit', giveBack);
      }
      const body = lines.map((line) => `${line}\x1b[K\n`).join('');
      output.write(`${BEGIN}${up()}${body}\x1b[J${END}`);
      shown = [...lines];
    },
    clear() {
      if (shown === null) return;
      output.write(`${up()}\x1b[J${SHOW}`);
      process.off('exit', giveBack);
      shown = null;
    },
    leave() {
      if (shown === null) return;
      giveBack();
      process.off('exit', giveBack);
      shown = null;
    },
  };
}
