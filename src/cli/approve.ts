import { frameFor } from './display.ts';
import { isSure } from './ask.ts';
import { openSession } from './client/session.ts';
import { planLines } from './view/plan-view.ts';
import { oneLine } from './view/text.ts';
import { printCommanded } from './commanded.ts';
import { printLines } from './io.ts';
import { resolveJob } from './client/job-ref.ts';
import { randomUUID } from 'node:crypto';
import type { Invocation } from './invocation.ts';

export interface ApproveOptions {
  readonly note?: string;
  readonly yes?: boolean;
}

/** Approves the revision of the plan that it has printed, and no other. */
export async function approve(invocation: Invocation<ApproveOptions>): Promise<number> {
  const { io, args, options } = invocation;
  const { client } = openSession(invocation);
  const job_id = await resolveJob(client, io, args[0]);
  const [plan, { title, budget }] = await Promise.all([client.plan({ job_id }), client.status({ job_id })]);
  printLines(io.stderr, [
    ` ${job_id}  ${oneLine(title)}`,
    '',
    ...planLines(plan, frameFor(io, io.stderr), { limitUsd: budget.limit_usd }),
    '',
  ]);
  if (!(await isSure(io, `Carry out plan ${plan.revision} of ${job_id}?`, options.yes))) return 1;
  const body = {
    plan_revision: plan.revision,
    ...(options.note === undefined ? {} : { note: options.note }),
  };
  const answer = await client.approve({ job_id, body, key: randomUUID() });
  return printCommanded(invocation, answer, `Follow it with: tutti watch ${job_id}`);
}
