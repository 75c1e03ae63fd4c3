import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { frameFor, openDisplay } from '../display.ts';
import { isTerminal, printLines } from '../io.ts';
import { planLines } from '../view/plan-view.ts';
import { block } from '../view/text.ts';
import { treeLines } from '../view/tree.ts';
import { watchJob } from '../client/watch-job.ts';
import type { Display } from '../display.ts';
import type { Client } from '../../contract/client.ts';
import type { Io } from '../io.ts';
import type { Narrator } from './narrator.ts';
import type { Sample } from './sample.ts';
import type { SubmitInput } from '../../contract/submit.ts';
import type { WireStatus, WireTaskStatus } from '../../contract/status.ts';

export interface DemoJob {
  readonly io: Io;
  readonly client: Client;
  readonly say: Narrator;
  readonly sample: Sample;
  readonly isReal: boolean;
  /** The job's limit; undefined: the server's default. */
  readonly budgetUsd: number | undefined;
  readonly signal: AbortSignal;
}

/** Submits the spec, approves its plan, retries what fails once, and answers the last status. */
export async function playJob(job: DemoJob): Promise<WireStatus> {
  const display = openDisplay(job.io, []);
  try {
    return await play(job, (jobId, enough) => follow(job, display, jobId, enough));
  } finally {
    display.close();
  }
}

type Follow = (jobId: string, enough: (status: WireStatus) => boolean) => Promise<WireStatus>;

async function play(job: DemoJob, follow: Follow): Promise<WireStatus> {
  const { client, signal } = job;
  const jobId = await submit(job);
  const planned = await follow(jobId, ({ state }) => state !== 'planning');
  if (planned.state !== 'awaiting_approval') return planned;
  await approve(job, jobId);
  const retried = new Set<string>();
  for (;;) {
    const status = await follow(jobId, ({ state }) => state === 'needs_attention');
    if (status.state !== 'needs_attention') return status;
    if (isTerminal(job.io, job.io.stderr))
      printLines(job.io.stderr, treeLines(status, frameFor(job.io, job.io.stderr)));
    const failed = status.tasks.filter(({ state, task_id }) => state === 'failed' && !retried.has(task_id));
    if (failed.length === 0) {
      await client.close({ job_id: jobId, body: {}, signal });
      return follow(jobId, () => false);
    }
    for (const task of failed) {
      retried.add(task.task_id);
      await retry(job, jobId, task);
    }
  }
}

async function submit({ client, say, sample, isReal, budgetUsd, signal }: DemoJob): Promise<string> {
  say.title('A spec is submitted: POST /orchestrate/submit');
  const body = {
    ...sample.spec,
    repository: { path: sample.repository },
    provider: isReal ? 'anthropic' : 'scripted',
    max_workers: 3,
    ...(budgetUsd === undefined ? {} : { budget_usd: budgetUsd }),
  } as unknown as SubmitInput;
  say.text(`"${String(sample.spec['title'])}" for a small library in ${sample.repository}.`);
  const { job_id, links } = await client.submit({ body, key: randomUUID(), respondAsync: true, signal });
  if (links.temporal !== undefined) say.text(`In Temporal's own UI: ${links.temporal}`);
  return job_id;
}

async function approve({ io, client, say, signal }: DemoJob, jobId: string): Promise<void> {
  const plan = await client.plan({ job_id: jobId, signal });
  const { budget } = await client.status({ job_id: jobId, signal });
  say.title('The plan waits for a person');
  printLines(io.stdout, planLines(plan, frameFor(io, io.stdout), { limitUsd: budget.limit_usd }));
  await reading(io, 2_500, signal);
  say.title('The demo approves it for you: POST …/approve');
  say.text('Up to three tasks run at the same time, each in a git worktree of its own.');
  await client.approve({ job_id: jobId, body: { plan_revision: plan.revision }, key: randomUUID(), signal });
}

async function retry(
  { io, client, say, sample, isReal, signal }: DemoJob,
  jobId: string,
  task: WireTaskStatus,
) {
  say.title(`${task.task_id} "${task.title}" has failed: the agent was done, its check says otherwise`);
  const detail = block(task.error?.detail ?? 'no reason was given').trimEnd();
  say.quote(detail.split('\n').slice(0, MOST_QUOTED));
  const feedback = isReal ? 'Look at how the checks of this task fail, and mend that.' : sample.feedback;
  say.text('Nothing of it was merged, and what depends on it waits. What is independent of it is merged.');
  await reading(io, 2_500, signal);
  say.title(`The demo orders one more attempt: POST …/task/${task.task_id}/retry`);
  say.text(`feedback: ${feedback}`);
  await client.retry({ job_id: jobId, task_id: task.task_id, body: { feedback }, key: randomUUID(), signal });
}

const MOST_QUOTED = 20;

/** Shows the job until a status is `enough`, and answers that one or the job's last. */
async function follow(
  { client, signal }: DemoJob,
  display: Display,
  jobId: string,
  enough: (status: WireStatus) => boolean,
): Promise<WireStatus> {
  let last: WireStatus | null = null;
  for await (const seen of watchJob(client, jobId, { signal, everyMs: 500 })) {
    if (seen.kind === 'away') {
      display.away(seen.reason);
      continue;
    }
    last = seen.status;
    display.show(last);
    if (enough(last)) break;
  }
  signal.throwIfAborted();
  if (last === null) throw new Error('the job was never seen');
  display.pause();
  return last;
}

/** Time to read, where somebody may. */
const reading = async (io: Io, ms: number, signal: AbortSignal): Promise<void> => {
  if (isTerminal(io, io.stderr)) await pause(ms, undefined, { signal });
};
