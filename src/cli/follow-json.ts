import { nextSteps } from './view/tree.ts';
import { printJson, toJson } from './invocation.ts';
import { printLines } from './io.ts';
import type { Followed } from './follow.ts';
import type { Invocation } from './invocation.ts';
import type { Session } from './client/session.ts';

/** Prints an event a line and the final status last; a plan that waits is said on stderr. */
export async function followAsJson(
  invocation: Invocation,
  { client }: Session,
  jobId: string,
  { signal }: { signal: AbortSignal },
): Promise<Followed> {
  const { io } = invocation;
  for await (const event of client.events({ job_id: jobId, signal })) {
    io.stdout.write(`${toJson(event)}\n`);
    if (event.type !== 'job.state' || typeof event.data['waiting_on'] !== 'string') continue;
    printLines(io.stderr, nextSteps(await client.status({ job_id: jobId }), { yes: ' --yes' }));
  }
  if (signal.aborted) return null;
  const status = await client.status({ job_id: jobId });
  printJson(invocation, status);
  return status;
}
