import { availableOf } from '../ledger.ts';
import { canStillRun, readyTasks } from '../schedule.ts';
import { firstMoney } from './money.ts';
import type { Schedulable } from '../schedule.ts';
import type { Job, JobStateName, JobWaitsOn, TaskRecord, TaskWaitsOn } from './state.ts';

/** What the outside calls a job's state, derived from the facts, so that the two cannot disagree. */
export function describe(job: Job): { state: JobStateName | 'deleted'; waitingOn: JobWaitsOn | null } {
  switch (job.stage.kind) {
    case 'planning':
      return starved(job, [job.planner]) ? needsAttention('budget') : { state: 'planning', waitingOn: null };
    case 'approval':
      return { state: 'awaiting_approval', waitingOn: 'approval' };
    case 'execution':
      return describeExecution(job);
    case 'verification':
      return { state: 'verifying', waitingOn: null };
    case 'stopping':
      return { state: 'cancelling', waitingOn: null };
    case 'closed':
      return { state: job.stage.as.state, waitingOn: null };
    default:
      return job.stage satisfies never;
  }
}

/** What a task waits for, or null while it works or is finished. */
export function taskWaitsOn(job: Job, task: TaskRecord): TaskWaitsOn | null {
  if (task.state.kind === 'running') {
    const wants = task.state.wants?.kind;
    if (wants === 'money') return 'budget';
    return wants ?? null;
  }
  if (task.state.kind !== 'pending' || job.stage.kind === 'stopping' || job.stage.kind === 'closed')
    return null;
  if (job.stage.kind === 'planning' || job.stage.kind === 'approval') return 'approval';
  const open = task.outline.dependsOn.some((id) => taskOf(job, id)?.state.kind !== 'completed');
  if (open) return 'dependencies';
  return cannotPayFor(job, task) ? 'budget' : 'assignment';
}

export const taskOf = (job: Job, taskId: string): TaskRecord | undefined =>
  job.tasks.find((task) => task.outline.taskId === taskId);

export const schedulable = (task: TaskRecord): Schedulable & { record: TaskRecord } => ({
  ...task.outline,
  state: task.state.kind,
  record: task,
});

/** Tasks that are ready by the plan, whether or not there is money for them. */
export const readyRecords = (job: Job): TaskRecord[] =>
  readyTasks(job.tasks.map(schedulable), job.header.maxParallel).map((task) => task.record);

function describeExecution(job: Job): { state: JobStateName; waitingOn: JobWaitsOn | null } {
  const running = job.tasks.filter((task) => task.state.kind === 'running');
  if (running.some((task) => !wantsMoney(task))) {
    const all = running.every(
      (task) => task.state.kind === 'running' && task.state.wants?.kind === 'provider',
    );
    return { state: 'running', waitingOn: all ? 'provider' : null };
  }
  if (running.length > 0)
    return starved(job, running) ? needsAttention('budget') : { state: 'running', waitingOn: null };
  const ready = readyRecords(job);
  if (ready.some((task) => !cannotPayFor(job, task))) return { state: 'running', waitingOn: null };
  if (ready.length > 0) return needsAttention('budget');
  return job.tasks.some((task) => task.state.kind === 'failed' || isStranded(job, task))
    ? needsAttention('person')
    : { state: 'running', waitingOn: null };
}

function isStranded(job: Job, task: TaskRecord): boolean {
  return task.state.kind === 'pending' && !canStillRun(job.tasks.map(schedulable), task.outline.taskId);
}

const needsAttention = (waitingOn: JobWaitsOn) => ({ state: 'needs_attention', waitingOn }) as const;

/** Whether a task runs and waits for money. */
export const wantsMoney = (task: TaskRecord): boolean =>
  task.state.kind === 'running' && task.state.wants?.kind === 'money';

/** Whether some of `tasks` run, all of them wait for money, and none can be served. */
function starved(job: Job, tasks: readonly TaskRecord[]): boolean {
  const available = availableOf(job.ledger);
  const states = tasks.map((task) => task.state).filter((state) => state.kind === 'running');
  if (states.length === 0)
    return tasks.some((task) => task.state.kind === 'pending' && cannotPayFor(job, task));
  return states.every((state) => state.wants?.kind === 'money' && state.wants.least > available);
}

const cannotPayFor = (job: Job, task: TaskRecord): boolean =>
  firstMoney(job, task).least > availableOf(job.ledger);
