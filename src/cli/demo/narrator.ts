import { columnsOf, paintFor, printLines, signsFor } from '../io.ts';
import { width, wrap } from '../view/text.ts';
import type { Io } from '../io.ts';

/** Tells the viewer what happens, on stderr; results go to stdout. */
export interface Narrator {
  /** A chapter begins. */
  title(text: string): void;
  /** Plain sentences, broken at the terminal's width. */
  text(...sentences: readonly string[]): void;
  /** Lines as they are, such as output of a command. */
  quote(lines: readonly string[]): void;
}

/** Wider text is hard to read. */
const WIDEST = 100;

export function narrator(io: Io): Narrator {
  const paint = paintFor(io, io.stderr);
  const signs = signsFor(io);
  const cells = () => Math.min(columnsOf(io.stderr), WIDEST) - 2;
  return {
    title: (text) => printLines(io.stderr, ['', paint.bold(paint.cyan(`${signs.full.repeat(2)} ${text}`))]),
    text: (...sentences) =>
      printLines(
        io.stderr,
        sentences.flatMap((one) => wrap(one, cells()).map((line) => ` ${line}`)),
      ),
    quote: (lines) =>
      printLines(
        io.stderr,
        lines
          .flatMap((line) => (width(line) <= cells() - 4 ? [line] : wrap(line, cells() - 4)))
          .map((line) => `   ${paint.dim(signs.pass.trim())} ${line}`),
      ),
  };
}
