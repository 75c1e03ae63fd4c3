import { ApiError } from '../contract/api-error.ts';
import { frameFor, openDisplay } from './display.ts';
import { openSession } from './client/session.ts';
import { planLines } from './view/plan-view.ts';
import { printJson, wantsJson } from './invocation.ts';
import { printLines } from './io.ts';
import { resolveJob } from './client/job-ref.ts';
import { watchJob } from './client/watch-job.ts';
import { interruptible } from './interrupt.ts';
import { oneLine } from './view/text.ts';
import { Refusal } from './errors.ts';
import type { Client } from '../contract/client.ts';
import type { Invocation } from './invocation.ts';
import type { Io } from './io.ts';
import type { WirePlan } from '../contract/plan.ts';

export interface PlanOptions {
  readonly full?: boolean;
  readonly wait?: boolean;
}

/** Shows a job's plan; while the job is being planned it waits, unless `--no-wait`. */
export async function plan(invocation: Invocation<PlanOptions>): Promise<number> {
  const { io, args, options } = invocation;
  const { client } = openSession(invocation);
  const jobId = await resolveJob(client, io, args[0]);
  const ready = await planOf(invocation, client, jobId);
  if (wantsJson(options)) {
    printJson(invocation, ready);
    return 0;
  }
  const { title, state, budget } = await client.status({ job_id: jobId });
  const frame = frameFor(io, io.stdout);
  const next =
    state === 'awaiting_approval' ? ['', ` Next: tutti approve ${jobId}, or tutti reject ${jobId}`] : [];
  printLines(io.stdout, [
    ` ${frame.paint.bold(jobId)}  ${oneLine(title)}`,
    '',
    ...planLines(ready, frame, { full: options.full === true, limitUsd: budget.limit_usd }),
    ...next,
  ]);
  return 0;
}

async function planOf(
  { io, options }: Invocation<PlanOptions>,
  client: Client,
  jobId: string,
): Promise<WirePlan> {
  try {
    return await client.plan({ job_id: jobId });
  } catch (error) {
    const isEarly = error instanceof ApiError && error.code === 'plan_not_ready';
    if (!isEarly || options.wait === false) throw error;
  }
  await interruptible(io, `The planning goes on. Come back with: tutti plan ${jobId}`, (signal) =>
    untilPlanned(io, client, jobId, signal),
  );
  return client.plan({ job_id: jobId });
}

async function untilPlanned(io: Io, client: Client, jobId: string, signal: AbortSignal): Promise<void> {
  const display = openDisplay(io, [' Ctrl-C stops waiting; the planning goes on.']);
  try {
    for await (const seen of watchJob(client, jobId, { signal })) {
      if (seen.kind === 'away') display.away(seen.reason);
      else if (seen.status.plan_revision !== null) break;
      else if (seen.status.finished_at !== null)
        throw new Refusal(`There is no plan, and there will be none: the job is ${seen.status.state}.`);
      else display.show(seen.status);
    }
  } finally {
    display.close();
  }
}
