import { randomUUID } from 'node:crypto';
import { openSession } from './client/session.ts';
import { printCommanded } from './commanded.ts';
import { resolveJob } from './client/job-ref.ts';
import type { Invocation } from './invocation.ts';

/** Rejects the plan; the job ends. */
export async function reject(invocation: Invocation<{ readonly reason?: string }>): Promise<number> {
  const { io, args, options } = invocation;
  const { client } = openSession(invocation);
  const job_id = await resolveJob(client, io, args[0]);
  const body = options.reason === undefined ? {} : { reason: options.reason };
  return printCommanded(invocation, await client.reject({ job_id, body, key: randomUUID() }));
}
