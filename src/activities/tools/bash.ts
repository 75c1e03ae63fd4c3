import { z } from 'zod';
import { ToolRefusal } from './box.ts';
import type { ToolBox } from './box.ts';

export const Bash = z.object({
  command: z.string().optional().describe('the script to run'),
  restart: z.boolean().optional().describe('start over with a fresh shell'),
  timeout_s: z.int().min(1).max(3600).optional().describe('stop it after so many seconds (120)'),
});

/** Seconds that a command gets when its caller does not say. */
const DEFAULT_SECONDS = 120;

export async function runBash(
  input: z.infer<typeof Bash>,
  box: ToolBox,
): Promise<{ text: string; isError: boolean }> {
  if (input.command === undefined || input.command.trim() === '') {
    if (input.restart === true)
      return { text: 'Every command already runs in a fresh shell.', isError: false };
    throw new ToolRefusal('/command: is missing; give the script to run');
  }
  const { exitCode, output, stopped } = await box.run(input.command, {
    seconds: input.timeout_s ?? DEFAULT_SECONDS,
  });
  const end = stopped === null ? `exit code ${exitCode ?? 'unknown'}` : `stopped: ${stopped}`;
  if (exitCode === 0 && stopped === null)
    return { text: output === '' ? '(no output)' : output, isError: false };
  return { text: output === '' ? `(${end})` : `${output.replace(/\n$/, '')}\n(${end})`, isError: true };
}
