import { follow } from './follow.ts';
import { openSession } from './client/session.ts';
import { resolveJob } from './client/job-ref.ts';
import type { Invocation } from './invocation.ts';

/** Shows a job until it is finished. */
export async function watch(invocation: Invocation<{ readonly timeout?: number }>): Promise<number> {
  const { io, args, options } = invocation;
  const session = openSession(invocation);
  const jobId = await resolveJob(session.client, io, args[0]);
  return follow(invocation, session, jobId, { decide: false, timeout: options.timeout });
}
