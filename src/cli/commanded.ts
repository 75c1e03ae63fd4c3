import { printJson, wantsJson } from './invocation.ts';
import type { Invocation } from './invocation.ts';

/** A command's answer: job and state on stdout, what to do next on stderr. */
export function printCommanded(
  invocation: Invocation,
  answer: { readonly job_id: string; readonly state: string },
  next: string | null = null,
): number {
  if (wantsJson(invocation.options)) printJson(invocation, answer);
  else {
    invocation.io.stdout.write(`${answer.job_id} ${answer.state}\n`);
    if (next !== null) invocation.io.stderr.write(`${next}\n`);
  }
  return 0;
}
