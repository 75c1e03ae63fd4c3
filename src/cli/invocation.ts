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
  io.stdout.write(`${toJson(body, options.pretty === true ? 2 : undefined)}\n`);
}

/** JSON that a terminal cannot take for a command: JSON itself lets the second set of control characters through. */
export const toJson = (body: unknown, indent?: number): string =>
  JSON.stringify(body, null, indent).replace(
    /[\u007f-\u009f]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
