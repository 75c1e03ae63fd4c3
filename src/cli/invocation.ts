import type { Io } from './io.ts';

/** Options that every command understands. */
export interface GlobalOptions {
  readonly url?: string;
  readonly token?: string;
  readonly adminToken?: string;
  readonly json?: boolean;
  readonly pretty?: boolean;
}

/** One call of a command, as its module gets it. */
export interface Invocation<Options = unknown> {
  readonly io: Io;
  readonly args: readonly (string | undefined)[];
  readonly options: Options & GlobalOptions;
}

/** A command: answers the exit code. Errors are thrown and printed by `run`. */
export type Command<Options> = (invocation: Invocation<Options>) => Promise<number>;

export const wantsJson = ({ json, pretty }: GlobalOptions): boolean => json === true || pretty === true;

/** The server's body on stdout, in one line or indented. */
export function printJson({ io, options }: Invocation, body: unknown): void {
  io.stdout.write(`${JSON.stringify(body, null, options.pretty === true ? 2 : undefined)}\n`);
}
