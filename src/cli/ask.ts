import { canAsk } from './io.ts';
import { Interrupted, Refusal } from './errors.ts';
import type { Io } from './io.ts';

/**
 * Whether to go on: `--yes`, or yes to the question on a terminal. Throws a Refusal where nobody can answer, and
 * Interrupted at Ctrl-C.
 */
export async function isSure(io: Io, question: string, yes: boolean | undefined): Promise<boolean> {
  if (yes === true) return true;
  if (!canAsk(io)) throw new Refusal(`${question} Nobody can answer here; say --yes.`);
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({
    message: question,
    initialValue: false,
    input: io.stdin,
    output: io.stderr,
  });
  if (isCancel(answer)) throw new Interrupted('Nothing was done.');
  if (!answer) io.stderr.write('Nothing was done.\n');
  return answer;
}

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
}

/** One of several answers on a terminal. Throws Interrupted at Ctrl-C, with how to come back. */
export async function choose<Value extends string>(
  io: Io,
  question: string,
  choices: readonly Choice<Value>[],
  comeBack: string,
): Promise<Value> {
  const { select, isCancel } = await import('@clack/prompts');
  const answer = await select<string>({
    message: question,
    options: choices.map(({ value, label }) => ({ value, label })),
    input: io.stdin,
    output: io.stderr,
  });
  if (isCancel(answer)) throw new Interrupted(comeBack);
  return answer as Value;
}

/** One line of text on a terminal; empty for none. Throws Interrupted at Ctrl-C. */
export async function askText(io: Io, question: string, comeBack: string): Promise<string> {
  const { text, isCancel } = await import('@clack/prompts');
  const answer = await text({ message: question, defaultValue: '', input: io.stdin, output: io.stderr });
  if (isCancel(answer)) throw new Interrupted(comeBack);
  return answer ?? '';
}
