import { randomUUID } from 'node:crypto';
import { isSure } from './ask.ts';
import { openSession } from './client/session.ts';
import { printCommanded } from './commanded.ts';
import { resolveJob } from './client/job-ref.ts';
import type { Invocation } from './invocation.ts';

export interface CloseOptions {
  readonly reason?: string;
  readonly yes?: boolean;
}

/** Ends a job with what is merged. */
export async function close(invocation: Invocation<CloseOptions>): Promise<number> {
  const { io, args, options } = invocation;
  const { client } = openSession(invocation);
  const job_id = await resolveJob(client, io, args[0]);
  if (!(await isSure(io, `Close ${job_id} with what is merged?`, options.yes))) return 1;
  const body = options.reason === undefined ? {} : { reason: options.reason };
  return printCommanded(invocation, await client.close({ job_id, body, key: randomUUID() }));
}
