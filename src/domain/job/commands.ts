import { usd } from '../money.ts';
import { availableOf, reservedOf, spentOf } from '../ledger.ts';
import { describe, taskOf } from './describe.ts';
import { closeJob } from './close.ts';
import { record } from './events.ts';
import { recordTask } from './progress.ts';
import type { ErrorCode } from '../errors.ts';
import type { Instant, TaskId } from '../ids.ts';
import type { MicroUsd } from '../money.ts';
import type { CommandAnswer, Ending, Job } from './state.ts';

/** Who commands, and the key and request hash by which a repetition is known. */
export interface Commander {
  readonly by: string;
  readonly key: string | null;
  readonly hash: string;
}

export type Command = Commander &
  (
    | { readonly name: 'approve'; readonly planRevision: number | null; readonly note: string | null }
    | { readonly name: 'reject'; readonly reason: string | null }
    | { readonly name: 'cancel' }
    | { readonly name: 'close'; readonly reason: string | null }
    | { readonly name: 'retry'; readonly taskId: TaskId; readonly feedback: string | null }
    | { readonly name: 'budget'; readonly limit: MicroUsd | null; readonly add: MicroUsd | null }
    | { readonly name: 'delete'; readonly force: boolean }
  );

export type CommandName = Command['name'];

/** Why a command cannot be carried out; `allowed` names the commands that can. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly state: string;
  readonly allowed: readonly CommandName[];
}

/** Commands whose answers are remembered. */
const COMMANDS_KEPT = 1_000;

/** The refusal of a command, or null when it can take effect now. Changes nothing. */
export function refusalOf(job: Job, command: Command): Refusal | null {
  const earlier = earlierAnswer(job, command);
  if (earlier) {
    if (earlier.hash === command.hash) return null;
    return refuse(
      job,
      'idempotency_mismatch',
      `the Idempotency-Key was used for another request of this job`,
    );
  }
  if (!possibleNow(job).includes(command.name))
    return refuse(job, codeFor(command.name), forbidden(job, command.name));
  return RULES[command.name](job, command as never);
}

/** Carries out a command that `refusalOf` let pass, or answers its repetition as the first time. */
export function carryOut(job: Job, command: Command, now: Instant): CommandAnswer {
  const earlier = earlierAnswer(job, command);
  if (earlier) return earlier.answer;
  const answer = EFFECTS[command.name](job, command as never, now)(job);
  if (command.key !== null) {
    job.commands.push({ key: command.key, hash: command.hash, answer });
    if (job.commands.length > COMMANDS_KEPT) job.commands.shift();
  }
  job.updatedAt = now;
  return answer;
}

/** The commands that would take effect now. */
export function allowedNow(job: Job): CommandName[] {
  const failed = job.tasks.some((task) => task.state.kind === 'failed');
  return possibleNow(job).filter((name) => name !== 'retry' || failed);
}

/** The commands that the job's stage allows. */
function possibleNow(job: Job): CommandName[] {
  switch (job.stage.kind) {
    case 'planning':
      return ['cancel', 'budget', 'delete'];
    case 'approval':
      return ['approve', 'reject', 'cancel', 'budget', 'delete'];
    case 'execution':
      return ['retry', 'cancel', 'close', 'budget', 'delete'];
    case 'verification':
      return ['cancel', 'budget', 'delete'];
    case 'stopping':
      return ['delete'];
    case 'closed':
      return [];
    default:
      return job.stage satisfies never;
  }
}

type Rules = { [N in CommandName]: (job: Job, command: Extract<Command, { name: N }>) => Refusal | null };
type Effects = {
  [N in CommandName]: (
    job: Job,
    command: Extract<Command, { name: N }>,
    now: Instant,
  ) => (job: Job) => CommandAnswer;
};

const DELETE_NEEDS_FORCE = ['running', 'pausing', 'verifying', 'cancelling'];

const RULES: Rules = {
  approve: (job, command) => staleRevision(job, command.planRevision),
  reject: () => null,
  cancel: () => null,
  close: () => null,
  retry(job, { taskId }) {
    const task = taskOf(job, taskId);
    if (!task) return refuse(job, 'task_not_found', `job ${job.jobId} has no task ${taskId}`);
    if (task.state.kind === 'failed') return null;
    return refuse(
      job,
      'not_retryable',
      `task ${taskId} is ${task.state.kind}; only a failed task can be retried`,
    );
  },
  budget(job, command) {
    const limit = command.limit ?? job.ledger.limit + (command.add ?? 0);
    const used = spentOf(job.ledger) + reservedOf(job.ledger);
    if (limit >= used) return null;
    return refuse(
      job,
      'invalid_field',
      `$${usd(limit)} is less than the $${usd(used)} already spent or reserved`,
    );
  },
  delete(job, { force }) {
    const { state } = describe(job);
    if (force || !DELETE_NEEDS_FORCE.includes(state)) return null;
    return refuse(
      job,
      'job_running',
      `job ${job.jobId} is ${state}; delete it with ?force=true, or cancel it first`,
    );
  },
};

const EFFECTS: Effects = {
  approve(job, { by, note }, now) {
    const planRevision = job.plan?.revision ?? 0;
    job.approval = { by, at: now, planRevision, note };
    job.stage = { kind: 'execution' };
    return stateAnswer;
  },
  reject(job, { reason }, now) {
    closeJob(job, { state: 'rejected', reason }, now);
    return stateAnswer;
  },
  cancel: (job) => stop(job, { state: 'cancelled', reason: null }),
  close: (job, { reason }) => stop(job, { state: 'completed_with_failures', reason }),
  retry(job, { taskId, feedback, by }, now) {
    const task = taskOf(job, taskId);
    if (task) {
      task.ordered = { feedback, by };
      task.state = { kind: 'pending' };
      recordTask(job, task, now);
    }
    return () => ({ task_id: taskId, attempt: (task?.attempts.length ?? 0) + 1, state: 'pending' });
  },
  budget(job, { limit, add }, now) {
    job.ledger.limit = limit ?? job.ledger.limit + (add ?? 0);
    record(job, now, 'budget.changed', budgetAnswer(job));
    return budgetAnswer;
  },
  delete(job) {
    stop(job, { state: 'deleted', reason: null });
    return () => ({ job_id: job.jobId, deleted: true });
  },
};

/** The money of a job as its answers and events show it, in US dollars. */
export const budgetAnswer = (job: Job): CommandAnswer => ({
  limit_usd: usd(job.ledger.limit),
  spent_usd: usd(spentOf(job.ledger)),
  reserved_usd: usd(reservedOf(job.ledger)),
  remaining_usd: usd(availableOf(job.ledger)),
});

/** Why a revision given with an approval does not fit, or null. */
export function staleRevision(job: Job, given: number | null): Refusal | null {
  const current = job.plan?.revision ?? 0;
  if (given === null || given === current) return null;
  return refuse(
    job,
    'stale_revision',
    `revision ${given} was given, the plan is at revision ${current}: read it again`,
  );
}

function stop(job: Job, ending: Ending): (job: Job) => CommandAnswer {
  job.stage = { kind: 'stopping', ending };
  return stateAnswer;
}

const stateAnswer = (job: Job): CommandAnswer => ({ job_id: job.jobId, state: describe(job).state });

const earlierAnswer = (job: Job, { key }: Commander) =>
  key === null ? undefined : job.commands.find((known) => known.key === key);

const codeFor = (name: CommandName): ErrorCode =>
  name === 'approve' || name === 'reject'
    ? 'not_awaiting_approval'
    : name === 'retry'
      ? 'not_retryable'
      : 'not_allowed_now';

const forbidden = (job: Job, name: CommandName): string =>
  `${name} is not possible: job ${job.jobId} is ${describe(job).state}`;

const refuse = (job: Job, code: ErrorCode, detail: string): Refusal => ({
  code,
  detail,
  state: describe(job).state,
  allowed: allowedNow(job),
});
