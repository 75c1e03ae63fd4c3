import { openJob } from '../../../src/domain/job/open.ts';
import {
  grantWaiting,
  isQuiet,
  readyToVerify,
  startReady,
  takeEnded,
  takeNeed,
  takePlan,
} from '../../../src/domain/job/progress.ts';
import { closeJob } from '../../../src/domain/job/close.ts';
import { describe as describeJob } from '../../../src/domain/job/describe.ts';
import { recordingState } from '../../../src/domain/job/events.ts';
import { takeVerified } from '../../../src/domain/job/verified.ts';
import { NO_USAGE } from '../../../src/domain/prices.ts';
import { createChild } from './child.ts';
import type { Ended, Need } from '../../../src/domain/job/progress.ts';
import type { Job, PlanOutline } from '../../../src/domain/job/state.ts';
import type { Spec } from '../../../src/domain/spec.ts';
import type { Child } from './child.ts';

export type Report =
  { readonly kind: 'need'; readonly need: Need } | { readonly kind: 'ended'; readonly ended: Ended };

/**
 * A job with the world around it: attempts that spend, ask and end, reports that take their time, and the order in
 * which the workflow's loop drives the decisions.
 */
export interface Simulation {
  readonly job: Job;
  /** What the job does itself at the moment. */
  chore(): 'opening' | 'verifying' | null;
  children(): Child[];
  /** Reports on their way, oldest first. */
  readonly mail: Report[];
  readonly delivered: Report[];
  /** Changes the job as a handler does, then lets the loop go round until nothing changes. */
  change<T>(by: (now: number) => T): T;
  deliver(report: Report): void;
  endChore(how: 'done' | 'given' | 'red' | 'failed'): void;
  /** A workflow that is gone without a report: the job settles it from its refs. */
  lose(child: Child): void;
}

export function simulate(spec: Spec, plan: PlanOutline): Simulation {
  const job = openJob({
    jobId: 'j000000000',
    owner: 'ana',
    createdAt: 0,
    spec,
    specBytes: 500,
    terms: { turnsPerTask: 50, approvalBySignal: true },
  });
  const children: Child[] = [];
  const mail: Report[] = [];
  const delivered: Report[] = [];
  let chore: 'opening' | 'verifying' | null = null;
  let cancelling = false;
  let now = 0;

  const act = <T>(by: (at: number) => T): T => {
    now += 1;
    return recordingState(job, now, () => by(now));
  };

  function beginChores(): void {
    if (chore !== null) return;
    if (job.stage.kind === 'planning' && job.specSha === null) chore = 'opening';
    if (readyToVerify(job))
      act(() => {
        job.stage = { kind: 'verification' };
      });
    if (job.stage.kind === 'verification') chore = 'verifying';
  }

  function pass(): void {
    if (job.stage.kind === 'closed') return;
    beginChores();
    for (const grant of act((at) => grantWaiting(job, at)))
      children.find((child) => child.taskId === grant.taskId && child.attempt === grant.attempt)?.take(grant);
    const starts = job.integration.head === null ? [] : act((at) => startReady(job, at));
    for (const start of starts) children.push(createChild(job, start, plan, (report) => mail.push(report)));
    if (job.stage.kind === 'stopping') {
      cancelling = true;
      for (const child of children) child.cancel();
    }
    if (isQuiet(job) && chore === null)
      act((at) => {
        if (job.stage.kind === 'stopping') closeJob(job, job.stage.ending, at);
      });
  }

  function change<T>(by: (at: number) => T): T {
    const answer = act(by);
    pass();
    return answer;
  }

  return {
    job,
    mail,
    delivered,
    change,
    chore: () => chore,
    children: () => children.filter((child) => !child.isGone()),
    deliver(report) {
      delivered.push(report);
      change((at) =>
        report.kind === 'need' ? takeNeed(job, report.need, at) : takeEnded(job, report.ended, at),
      );
    },
    endChore(how) {
      const doing = chore;
      chore = null;
      if (doing === null) return;
      change((at) => {
        if (how === 'failed') return giveUp(job, at);
        if (doing === 'verifying') return takeVerified(job, verified(how === 'red'), at);
        job.specSha = 's'.repeat(40);
        job.integration.head = 'b'.repeat(40);
        if (how === 'given' && job.stage.kind === 'planning') takePlan(job, plan, at);
      });
    },
    lose(child) {
      const ended: Ended = {
        taskId: child.taskId,
        attempt: child.attempt,
        seq: Number.MAX_SAFE_INTEGER,
        spent: child.vanish(),
        usage: NO_USAGE,
        turns: 0,
        baseSha: null,
        talk: null,
        tree: null,
        outcome: cancelling
          ? { kind: 'cancelled' }
          : { kind: 'failed', error: { code: 'attempt_lost', class: 'infrastructure', detail: 'gone' } },
      };
      this.deliver({ kind: 'ended', ended });
    },
  };
}

/** The loop has something to do, or someone outside it will: see `stuckness`. */
export function stuckness(of: Simulation): string | null {
  const { job } = of;
  if (job.stage.kind === 'closed' || of.chore() !== null || of.mail.length > 0) return null;
  if (of.children().some((child) => !child.waits())) return null;
  const { state, waitingOn } = describeJob(job);
  if (waitingOn === 'approval' || waitingOn === 'budget' || waitingOn === 'person') return null;
  return `nothing is pending: ${state}, waiting on ${waitingOn}, stage ${job.stage.kind}`;
}

function giveUp(job: Job, now: number): void {
  if (job.stage.kind === 'stopping') return;
  const state = job.stage.kind === 'planning' ? 'failed' : 'completed_with_failures';
  closeJob(job, { state, reason: 'setup_failed' }, now);
}

const verified = (red: boolean) => ({
  commit: 'c'.repeat(40),
  log: 'd'.repeat(40),
  runs: [{ checkId: 'k1', criterionId: 'c1', passed: !red, exitCode: red ? 1 : 0 }],
});
