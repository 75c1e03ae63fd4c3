import { InvalidArgumentError } from 'commander';
import type { Command as Commander } from 'commander';
import type { Command, GlobalOptions } from './invocation.ts';
import type { Io } from './io.ts';

/** Where the action of a command puts its exit code. */
export interface Run {
  readonly io: Io;
  exit(code: number): void;
}

/** An action that loads its module only when it is called, so that `tutti --help` stays fast. */
export function lazily<Options>(
  run: Run,
  load: () => Promise<Command<Options>>,
): (this: Commander) => Promise<void> {
  return async function act(this: Commander) {
    const command = await load();
    const options = this.optsWithGlobals<Options & GlobalOptions>();
    run.exit(await command({ io: run.io, args: this.processedArgs as (string | undefined)[], options }));
  };
}

/** Option values, checked where they are read: what the server would only see as null or NaN. */
export const number = (text: string): number => {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It is not a number.');
};

/** An option that may be given several times. */
export const each = (text: string, before: readonly string[] = []): string[] => [...before, text];
