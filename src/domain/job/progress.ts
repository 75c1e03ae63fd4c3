import { NO_USAGE } from '../prices.ts';
import { reserve, settle } from '../ledger.ts';
import { taskError } from '../failures.ts';
import { closeJob } from './close.ts';
import { readyRecords, taskOf, wantsMoney } from './describe.ts';
import { record } from './events.ts';
import { briefError, keptError } from './kept-error.ts';
import { firstMoney } from './money.ts';
import { newTask } from './open.ts';
import { attemptKey } from './state.ts';
import { PLANNER } from '../ids.ts';
import type { HostId, Instant, Sha, TaskId } from '../ids.ts';
import type { MicroUsd } from '../money.ts';
import type { Usage } from '../prices.ts';
import type { Delivery, Job, PlanOutline, TaskError, TaskRecord, Want } from './state.ts';

/** An attempt to begin, its first tranche already reserved. */
export interface Start {
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly tranche: MicroUsd;
  readonly feedback: string | null;
  /** Where the attempt before it stopped; null for a first one. */
  readonly from: { readonly talk: Sha; readonly tree: Sha; readonly error: TaskError | null } | null;
}

/** The answer to a task's `need` number `seq`. */
export interface Grant {
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly seq: number;
  /** Null where the merge was granted. */
  readonly tranche: MicroUsd | null;
}

/** What a task reports with every need: money spent so far in this attempt, and where it sits. */
export interface Need {
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly seq: number;
  readonly spent: MicroUsd;
  readonly host: HostId | null;
  readonly wants:
    | { readonly kind: 'money'; readonly least: MicroUsd; readonly most: MicroUsd }
    | { readonly kind: 'integration' };
}

/** How an attempt ended, with its whole account. */
export interface Ended {
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly seq: number;
  readonly spent: MicroUsd;
  readonly usage: Usage;
  readonly turns: number;
  readonly baseSha: Sha | null;
  readonly talk: Sha | null;
  readonly tree: Sha | null;
  readonly outcome: Outcome;
}

export type Outcome =
  | { readonly kind: 'merged'; readonly commit: Sha; readonly changed: boolean; readonly delivery: Delivery }
  | { readonly kind: 'planned'; readonly plan: PlanOutline }
  | { readonly kind: 'failed'; readonly error: TaskError }
  | { readonly kind: 'cancelled' };

/** The attempts to begin now. Money is reserved before a task hears of it: two that see the last dollar cannot both start. */
export function startReady(job: Job, now: Instant): Start[] {
  // What runs and waits for money comes first: a task that is half done is worth more than one that has not begun.
  if (job.tasks.some(wantsMoney)) return [];
  const ready =
    job.stage.kind === 'execution'
      ? readyRecords(job)
      : job.stage.kind === 'planning' && job.planner.state.kind === 'pending'
        ? [job.planner]
        : [];
  return ready.flatMap((task) => begin(job, task, now) ?? []);
}

/** Serves what waits, the longest wait first: money while it lasts, the merge to one at a time. */
export function grantWaiting(job: Job, now: Instant): Grant[] {
  const waiting = [job.planner, ...job.tasks]
    .flatMap((task) =>
      task.state.kind === 'running' && task.state.wants ? [{ task, wants: task.state.wants }] : [],
    )
    .sort((a, b) => a.wants.since - b.wants.since);
  return waiting.flatMap(({ task, wants }) => serve(job, task, wants, now) ?? []);
}

/** Takes in a task's need. One that belongs to no running attempt, or came before, changes nothing but the account. */
export function takeNeed(job: Job, need: Need, now: Instant): void {
  const key = attemptKey(need.taskId, need.attempt);
  if (!settle(job.ledger, key, need)) return;
  const task = runningAttempt(job, need);
  if (!task || task.state.kind !== 'running') return;
  release(job, key);
  const wants: Want = { ...need.wants, seq: need.seq, since: now };
  task.state = { ...task.state, host: need.host, wants };
}

/** Takes in the end of an attempt: its account, and what became of the task. */
export function takeEnded(job: Job, ended: Ended, now: Instant): void {
  const key = attemptKey(ended.taskId, ended.attempt);
  settle(job.ledger, key, ended);
  release(job, key);
  const task = runningAttempt(job, ended);
  const attempt = task?.attempts.at(-1);
  if (!task || !attempt) return;
  attempt.finishedAt = now;
  attempt.turns = ended.turns;
  attempt.usage = ended.usage;
  attempt.baseSha = ended.baseSha;
  attempt.talk = ended.talk;
  attempt.tree = ended.tree;
  conclude(job, task, ended.outcome, now);
}

/** Takes in the plan of the planner or of the submitter. */
export function takePlan(job: Job, plan: PlanOutline, now: Instant): void {
  const { tasks, ...rest } = plan;
  job.plan = rest;
  job.tasks = tasks.map(newTask);
  job.warnings = [...job.warnings, ...plan.warnings];
  record(job, now, 'plan.ready', { plan_revision: plan.revision, tasks: tasks.length });
  if (job.header.autoApprove) {
    job.approval = { by: job.owner, at: now, planRevision: plan.revision, note: 'auto_approve' };
    job.stage = { kind: 'execution' };
  } else job.stage = { kind: 'approval' };
}

/** Whether every task is completed, so that the whole can be verified. */
export const readyToVerify = (job: Job): boolean =>
  job.stage.kind === 'execution' && job.tasks.every((task) => task.state.kind === 'completed');

export const isRunning = (task: TaskRecord): boolean => task.state.kind === 'running';

/** Records a task's state for whoever watches. */
export function recordTask(job: Job, task: TaskRecord, now: Instant): void {
  record(job, now, 'task.state', {
    task_id: task.outline.taskId,
    state: task.state.kind,
    attempt: task.attempts.length,
    ...(task.state.kind === 'failed'
      ? { code: task.state.error.code, detail: briefError(task.state.error).detail }
      : {}),
    ...(task.state.kind === 'completed' ? { head_sha: task.state.commit } : {}),
  });
}

function begin(job: Job, task: TaskRecord, now: Instant): Start | null {
  const attempt = task.attempts.length + 1;
  const { taskId } = task.outline;
  const tranche = reserve(job.ledger, attemptKey(taskId, attempt), firstMoney(job, task), claimants(job));
  if (tranche === null) return null;
  const before = task.attempts.at(-1);
  const start: Start = {
    taskId,
    attempt,
    tranche,
    feedback: task.ordered?.feedback ?? null,
    from: before?.talk && before.tree ? { talk: before.talk, tree: before.tree, error: before.error } : null,
  };
  if (before?.error) before.error = briefError(before.error);
  task.ordered = null;
  task.state = { kind: 'running', since: now, assignment: freeAssignment(job), host: null, wants: null };
  task.attempts.push({
    attempt,
    startedAt: now,
    finishedAt: null,
    baseSha: null,
    talk: null,
    tree: null,
    turns: 0,
    usage: NO_USAGE,
    error: null,
  });
  recordTask(job, task, now);
  return start;
}

function serve(job: Job, task: TaskRecord, wants: Want, now: Instant): Grant | null {
  if (task.state.kind !== 'running') return null;
  const { taskId } = task.outline;
  const attempt = task.attempts.length;
  const key = attemptKey(taskId, attempt);
  const granted = (tranche: MicroUsd | null): Grant => {
    if (task.state.kind === 'running') task.state = { ...task.state, wants: null };
    job.updatedAt = now;
    return { taskId, attempt, seq: wants.seq, tranche };
  };
  switch (wants.kind) {
    case 'money': {
      const tranche = reserve(job.ledger, key, wants, claimants(job));
      return tranche === null ? null : granted(tranche);
    }
    case 'integration':
      if (job.integration.holder !== null) return null;
      job.integration.holder = key;
      return granted(null);
    case 'provider':
      return null;
    default:
      return wants satisfies never;
  }
}

/** How many could use money now: what waits for it, and the tasks that could begin. */
function claimants(job: Job): number {
  const running = job.tasks.filter(isRunning);
  const waiting = running.filter(wantsMoney).length;
  return waiting + readyRecords(job).length;
}

function conclude(job: Job, task: TaskRecord, outcome: Outcome, now: Instant): void {
  switch (outcome.kind) {
    case 'merged':
      task.state = { kind: 'completed', commit: outcome.commit, changed: outcome.changed };
      job.integration.head = outcome.commit;
      job.delivery = outcome.delivery;
      record(job, now, 'merge.finished', { task_id: task.outline.taskId, head_sha: outcome.commit });
      break;
    case 'planned':
      task.state = { kind: 'completed', commit: job.integration.head ?? '', changed: false };
      break;
    case 'failed':
      fail(job, task, outcome.error, now);
      break;
    case 'cancelled':
      if (job.stage.kind === 'stopping') task.state = { kind: 'cancelled' };
      else fail(job, task, taskError('attempt_lost', 'its workflow was cancelled, not by its job'), now);
      break;
    default:
      outcome satisfies never;
  }
  if (task.outline.taskId !== PLANNER) recordTask(job, task, now);
  if (outcome.kind === 'planned' && job.stage.kind === 'planning') takePlan(job, outcome.plan, now);
}

/** The agent's own failures use up the allowance and begin again by themselves while it lasts. */
function fail(job: Job, task: TaskRecord, given: TaskError, now: Instant): void {
  const error = keptError(job, given);
  const attempt = task.attempts.at(-1);
  if (attempt) attempt.error = error;
  const allowance = task.outline.maxAttempts ?? job.header.maxAttempts;
  const charged = task.attempts.filter((one) => one.error?.class === 'agent').length;
  const again = error.class === 'agent' && charged < allowance && job.stage.kind === 'execution';
  task.state = again ? { kind: 'pending' } : { kind: 'failed', error };
  if (task.outline.taskId === PLANNER && job.stage.kind === 'planning')
    closeJob(job, { state: 'failed', reason: `${error.code}: ${error.detail}` }, now);
}

function release(job: Job, key: string): void {
  if (job.integration.holder === key) job.integration.holder = null;
}

function runningAttempt(job: Job, of: { taskId: TaskId; attempt: number }): TaskRecord | undefined {
  const task = of.taskId === PLANNER ? job.planner : taskOf(job, of.taskId);
  return task?.state.kind === 'running' && task.attempts.length === of.attempt ? task : undefined;
}

function freeAssignment(job: Job): string {
  const taken = new Set(
    job.tasks.map((task) => (task.state.kind === 'running' ? task.state.assignment : null)),
  );
  for (let number = 1; ; number++) if (!taken.has(`worker-${number}`)) return `worker-${number}`;
}

/** True when nothing that was started is still running, so that a stopping job can close. */
export const isQuiet = (job: Job): boolean => !isRunning(job.planner) && !job.tasks.some(isRunning);
