import { colouredDiff } from './view/diff-view.ts';
import { isTerminal, paintFor } from './io.ts';
import { openSession } from './client/session.ts';
import { printJson, wantsJson } from './invocation.ts';
import { resolveTarget } from './client/target.ts';
import type { Invocation } from './invocation.ts';

/** Prints what a job has merged, or what one task has changed: coloured on a terminal, else byte by byte. */
export async function diff(invocation: Invocation<{ readonly mbox?: boolean }>): Promise<number> {
  const { io, options } = invocation;
  const { client, bytes } = openSession(invocation);
  const { status, taskId } = await resolveTarget(client, invocation);
  const place = `/orchestrate/${status.job_id}${taskId === null ? '' : `/task/${taskId}`}/diff`;
  if (wantsJson(options)) {
    printJson(invocation, JSON.parse((await bytes(place, 'application/json')).toString()));
    return 0;
  }
  const patch = await bytes(options.mbox === true ? `${place}?format=mbox` : place, 'text/x-diff');
  if (isTerminal(io, io.stdout)) io.stdout.write(colouredDiff(patch.toString(), paintFor(io, io.stdout)));
  else io.stdout.write(patch);
  if (patch.length === 0) io.stderr.write('Nothing was changed.\n');
  return 0;
}
