import { randomUUID } from 'node:crypto';
import { isSure } from './ask.ts';
import { openSession } from './client/session.ts';
import { printJson, wantsJson } from './invocation.ts';
import { resolveJob } from './client/job-ref.ts';
import type { Invocation } from './invocation.ts';

export interface DeleteOptions {
  readonly force?: boolean;
  readonly yes?: boolean;
}

/** Drops a job with everything that Tutti keeps of it; a delivered branch stays. */
export async function deleteJob(invocation: Invocation<DeleteOptions>): Promise<number> {
  const { io, args, options } = invocation;
  const { client } = openSession(invocation);
  const job_id = await resolveJob(client, io, args[0]);
  const question = `Delete ${job_id} with its plan, logs and worktrees? A delivered branch stays.`;
  if (!(await isSure(io, question, options.yes))) return 1;
  const force = options.force === true ? ({ force: 'true' } as const) : {};
  const answer = await client.delete({ job_id, ...force, key: randomUUID() });
  if (wantsJson(options)) printJson(invocation, answer);
  else
    io.stdout.write(`${job_id} ${answer.deleted ? 'deleted' : 'is being cancelled, then it is deleted'}\n`);
  return 0;
}
