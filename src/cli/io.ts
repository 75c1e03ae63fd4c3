import { ASCII_SIGNS, COLOURS, NO_COLOURS, SIGNS } from './view/paint.ts';
import type { Readable, Writable } from 'node:stream';
import type { Paint, Signs } from './view/paint.ts';

export type Output = Writable & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
};

/** Everything of the process that a command may touch. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: Readable & { readonly isTTY?: boolean | undefined };
  readonly stdout: Output;
  readonly stderr: Output;
  /** Calls `act` at Ctrl-C instead of ending the process; answers how to let go of it again. */
  readonly onInterrupt: (act: () => void) => () => void;
}

export const processIo = (): Io => ({
  env: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  onInterrupt(act) {
    process.on('SIGINT', act);
    process.on('SIGTERM', act);
    return () => {
      process.off('SIGINT', act);
      process.off('SIGTERM', act);
    };
  },
});

/** Whether somebody sits there who can answer. */
export const canAsk = (io: Io): boolean => io.stdin.isTTY === true && isTerminal(io, io.stderr);

/** Whether lines may be redrawn there. */
export const isTerminal = ({ env }: Io, output: Output): boolean =>
  output.isTTY === true && !isSet(env['CI']) && env['TERM'] !== 'dumb';

export const paintFor = (io: Io, output: Output): Paint => {
  if (io.env['NO_COLOR']) return NO_COLOURS;
  return isSet(io.env['FORCE_COLOR']) || isTerminal(io, output) ? COLOURS : NO_COLOURS;
};

export const signsFor = ({ env }: Io): Signs => (env['TERM'] === 'linux' ? ASCII_SIGNS : SIGNS);

/** Cells of a line; 100 where nobody knows. */
export const columnsOf = (output: Output): number => output.columns ?? 100;

export const printLines = (output: Output, lines: readonly string[]): void => {
  output.write(lines.map((line) => `${line}\n`).join(''));
};

const isSet = (value: string | undefined): boolean => !['', '0', 'false', undefined].includes(value);
