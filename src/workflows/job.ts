import {
  CancellationScope,
  allHandlersFinished,
  condition,
  continueAsNew,
  workflowInfo,
} from '@temporalio/workflow';
import { carryOut, refusalOf } from '../domain/job/commands.ts';
import { closeJob } from '../domain/job/close.ts';
import { describe } from '../domain/job/describe.ts';
import { dropOldEvents, oldEvents } from '../domain/job/events.ts';
import { openJob as newJob } from '../domain/job/open.ts';
import { resultOf } from '../domain/job/result.ts';
import { isQuiet } from '../domain/job/progress.ts';
import { hubOf } from '../domain/job/state.ts';
import { archiveJob, dropJob, saveEvents } from './activities.ts';
import { createDesk } from './job/desk.ts';
import { createChildren } from './job/children.ts';
import { createChores } from './job/chores.ts';
import { listen } from './job/listen.ts';
import { createPublisher } from './job/publish.ts';
import type { Command } from '../domain/job/commands.ts';
import type { Job } from '../domain/job/state.ts';
import type { JobResult } from '../domain/job/result.ts';
import type { Desk } from './job/desk.ts';
import type { JobStart } from './messages.ts';

/** A job that waits for a person longer than this continues as new, so that open histories stay short. */
const PARK_AFTER_MS = 60_000;
/** How long failed tasks wait for a person before the job ends with what is merged. */
const ATTENTION_MS = 14 * 24 * 3_600_000;

/**
 * One job, from its spec to its end: it decides what happens next and waits; everything that can fail is an activity
 * or a child. It is the only writer of the job's state and money.
 */
export async function jobWorkflow(start: JobStart): Promise<JobResult> {
  const job = resume(start);
  const desk = createDesk(job);
  CancellationScope.current().cancelRequested.catch(() => cancelByOperator(desk));
  await CancellationScope.nonCancellable(() => carryThrough(desk, start));
  return resultOf(job);
}

/** Cancelling the workflow itself means the same as the command: children stop, and the record is kept. */
function cancelByOperator({ job, change }: Desk): void {
  const command: Command = { name: 'cancel', by: 'temporal', key: null, hash: '' };
  change((now) => {
    if (refusalOf(job, command) === null) carryOut(job, command, now);
  });
}

async function carryThrough(desk: Desk, start: JobStart): Promise<void> {
  const { job } = desk;
  listen(desk);
  const children = createChildren(desk);
  const chores = createChores(desk, start.kind === 'submitted' ? start.spec : null);
  const publish = createPublisher(job);
  children.adopt();
  let parked = start.kind === 'continued';

  while (!isClosed(job)) {
    chores.begin();
    await children.grant();
    await children.begin();
    if (job.stage.kind === 'stopping') {
      chores.cancel();
      await children.cancel();
    }
    if (isQuiet(job) && chores.idle()) desk.act((now) => closeIfStopping(job, now));
    watchAttention(desk);
    publish();
    await forgetOldEvents(job);
    if (isClosed(job)) break;
    const idle = (): boolean => chores.idle() && children.idle() && allHandlersFinished();
    if (idle() && !desk.hasNews() && workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof jobWorkflow>({ kind: 'continued', job });
    const news = await desk.news(nextDeadline(job, parked));
    if (news) parked = false;
    else if (!parked && canPark(job) && idle())
      await continueAsNew<typeof jobWorkflow>({ kind: 'continued', job });
  }

  publish();
  if (isDeleted(job)) await dropJob({ hub: hubOf(job), jobId: job.jobId });
  await archiveJob(job);
  await condition(allHandlersFinished);
}

const isClosed = (job: Job): boolean => job.stage.kind === 'closed';

const isDeleted = (job: Job): boolean => job.stage.kind === 'closed' && job.stage.as.state === 'deleted';

function resume(start: JobStart): Job {
  switch (start.kind) {
    case 'submitted':
      return newJob(start);
    case 'continued':
      return start.job;
    case 'reopened':
      return { ...start.job, stage: { kind: 'stopping', ending: { state: 'deleted', reason: null } } };
    default:
      return start satisfies never;
  }
}

function closeIfStopping(job: Job, now: number): void {
  if (job.stage.kind !== 'stopping') return;
  closeJob(job, job.stage.ending, now);
}

/** Starts and ends the time that a person has to look after failed tasks. */
function watchAttention({ job, change }: Desk): void {
  if (describe(job).state !== 'needs_attention') job.attentionUntil = null;
  else if (job.attentionUntil === null) job.attentionUntil = Date.now() + ATTENTION_MS;
  else if (job.attentionUntil <= Date.now())
    change(() => {
      const reason = 'nobody decided within 14 days';
      const state = job.stage.kind === 'planning' ? 'failed' : 'completed_with_failures';
      job.stage = { kind: 'stopping', ending: { state, reason } };
    });
}

/** Milliseconds until something is due without news, or null. */
function nextDeadline(job: Job, parked: boolean): number | null {
  const due = job.attentionUntil === null ? null : Math.max(1, job.attentionUntil - Date.now());
  if (parked || !canPark(job)) return due;
  return due === null ? PARK_AFTER_MS : Math.min(due, PARK_AFTER_MS);
}

/** Whether a person must act before anything can happen. */
function canPark(job: Job): boolean {
  const { waitingOn } = describe(job);
  return waitingOn !== null && isQuiet(job);
}

async function forgetOldEvents(job: Job): Promise<void> {
  const events = oldEvents(job);
  const last = events.at(-1);
  if (!last) return;
  await saveEvents({ hub: hubOf(job), jobId: job.jobId, events });
  dropOldEvents(job, last.seq);
}
