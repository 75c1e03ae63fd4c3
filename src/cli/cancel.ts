import { randomUUID } from 'node:crypto';
import { isSure } from './ask.ts';
import { openSession } from './client/session.ts';
import { printCommanded } from './commanded.ts';
import { resolveJob } from './client/job-ref.ts';
import type { Invocation } from './invocation.ts';

/** Cancels a job; what is merged stays. */
export async function cancel(invocation: Invocation<{ readonly yes?: boolean }>): Promise<number> {
  const { io, args, options } = invocation;
  const { client } = openSession(invocation);
  const job_id = await resolveJob(client, io, args[0]);
  if (!(await isSure(io, `Cancel ${job_id}? What is merged stays.`, options.yes))) return 1;
  return printCommanded(invocation, await client.cancel({ job_id, key: randomUUID() }));
}
