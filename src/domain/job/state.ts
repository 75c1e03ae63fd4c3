import type { CriterionState } from '../plan.ts';
import type { ErrorClass, ErrorCode } from '../errors.ts';
import type { HostId, HubName, Instant, JobId, Sha, TaskId } from '../ids.ts';
import type { Ledger, MoneyWanted } from '../ledger.ts';
import type { MicroUsd } from '../money.ts';
import type { Model, Network, Source } from '../spec.ts';
import type { ProviderId } from '../providers.ts';
import type { Usage } from '../prices.ts';

/**
 * All that a job's workflow knows: plain data, carried over continue-as-new, and the answer to every question about
 * an open job. Texts of spec and plan lie in the hub; here are their hashes and what decisions need.
 */
export interface Job {
  readonly schema: 1;
  readonly jobId: JobId;
  readonly owner: string;
  readonly createdAt: Instant;
  updatedAt: Instant;
  finishedAt: Instant | null;
  readonly header: JobHeader;
  specSha: Sha | null;
  stage: Stage;
  plan: Omit<PlanOutline, 'tasks'> | null;
  planner: TaskRecord;
  tasks: TaskRecord[];
  approval: Approval | null;
  ledger: Ledger;
  integration: Integration;
  criteria: CriterionRecord[];
  delivery: Delivery;
  sandbox: string | null;
  /** Moment at which `needs_attention` ends the job, null while something can run. */
  attentionUntil: Instant | null;
  warnings: string[];
  events: { next: number; recent: JobEvent[] };
  commands: CommandRecord[];
}

/** What a spec fixes for its job, without its texts. */
export interface JobHeader {
  readonly title: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly provider: ProviderId;
  readonly model: string;
  readonly plannerModel: string;
  readonly models: readonly Model[];
  readonly maxParallel: number;
  readonly maxAttempts: number;
  readonly source: Source;
  readonly autoApprove: boolean;
  /** UTF-8 bytes of the spec, part of every agent's first message. */
  readonly specBytes: number;
  readonly turnsPerTask: number;
  readonly approvalBySignal: boolean;
  readonly requestHash?: string;
}

export type Stage =
  | { readonly kind: 'planning' }
  | { readonly kind: 'approval' }
  | { readonly kind: 'execution' }
  | { readonly kind: 'verification' }
  /** Children are being stopped; then the job closes as `ending` says. */
  | { readonly kind: 'stopping'; readonly ending: Ending }
  | { readonly kind: 'closed'; readonly as: Ending };

/** `deleted` leaves a tombstone instead of a record. */
export interface Ending {
  readonly state: FinalState | 'deleted';
  readonly reason: string | null;
}

export type FinalState = 'completed' | 'completed_with_failures' | 'failed' | 'rejected' | 'cancelled';
export const FINAL_STATES: readonly FinalState[] = [
  'completed',
  'completed_with_failures',
  'failed',
  'rejected',
  'cancelled',
];
export const OPEN_STATES = [
  'planning',
  'awaiting_approval',
  'running',
  'pausing',
  'paused',
  'verifying',
  'needs_attention',
  'cancelling',
] as const;
export type JobStateName = (typeof OPEN_STATES)[number] | FinalState;

export type JobWaitsOn = 'approval' | 'budget' | 'provider' | 'answer' | 'environment' | 'person';
export type TaskWaitsOn =
  'approval' | 'dependencies' | 'assignment' | 'budget' | 'provider' | 'answer' | 'integration';

/** The plan as decisions need it; its text is the document `sha` in the hub. */
export interface PlanOutline {
  readonly revision: number;
  readonly sha: Sha;
  readonly source: 'model' | 'outline' | 'given';
  readonly network: Network;
  /** Names what the setup leaves on a host: a hash of base commit and text. Null without a setup. */
  readonly setupKey: string | null;
  readonly tasks: readonly TaskOutline[];
  readonly criteria: readonly string[];
  readonly warnings: readonly string[];
}

export interface TaskOutline {
  readonly taskId: TaskId;
  readonly title: string;
  readonly dependsOn: readonly TaskId[];
  readonly files: readonly string[];
  readonly model: string | null;
  readonly maxAttempts: number | null;
  readonly estimate: MicroUsd | null;
  /** UTF-8 bytes of the instructions. */
  readonly bytes: number;
}

export interface TaskRecord {
  readonly outline: TaskOutline;
  state: TaskState;
  /** Every attempt so far, the newest last. */
  attempts: AttemptRecord[];
  /** An attempt that was ordered and has not begun. */
  ordered: OrderedAttempt | null;
}

export type TaskState =
  | { readonly kind: 'pending' }
  | {
      readonly kind: 'running';
      readonly since: Instant;
      readonly assignment: string;
      host: HostId | null;
      wants: Want | null;
    }
  | { readonly kind: 'completed'; readonly commit: Sha; readonly changed: boolean }
  | { readonly kind: 'failed'; readonly error: TaskError }
  | { readonly kind: 'cancelled' };

export interface TaskError {
  readonly code: ErrorCode;
  readonly class: ErrorClass;
  readonly detail: string;
}

/** What a running task waits for, asked for with report `seq`. */
export type Want = { readonly seq: number; readonly since: Instant } & (
  | ({ readonly kind: 'money' } & MoneyWanted)
  | { readonly kind: 'integration' }
  | { readonly kind: 'provider'; readonly until: Instant }
);

export interface AttemptRecord {
  readonly attempt: number;
  readonly startedAt: Instant;
  finishedAt: Instant | null;
  baseSha: Sha | null;
  talk: Sha | null;
  tree: Sha | null;
  turns: number;
  usage: Usage;
  error: TaskError | null;
}

export interface OrderedAttempt {
  readonly feedback: string | null;
  readonly by: string;
}

export interface Approval {
  readonly by: string;
  readonly at: Instant;
  readonly planRevision: number;
  readonly note: string | null;
}

export interface Integration {
  /** The integration branch's head; null until the source is fetched. */
  head: Sha | null;
  /** The attempt that may merge now, by its key. */
  holder: string | null;
}

export interface CriterionRecord {
  readonly criterionId: string;
  state: CriterionState;
  evidence: Evidence | null;
}

export interface Evidence {
  readonly commit: Sha;
  readonly exitCode: number | null;
  /** The commit of the verification's record that holds the log. */
  readonly log: Sha;
}

export interface Delivery {
  readonly branch: string;
  readonly state: 'none' | 'delivered' | 'held' | 'kept';
  readonly reason: string | null;
}

/** One of the job's own changes of state; `seq` counts from 1 without gaps. */
export interface JobEvent {
  readonly seq: number;
  readonly at: Instant;
  readonly type: JobEventType;
  readonly data: Readonly<Record<string, unknown>>;
}

export const JOB_EVENT_TYPES = [
  'job.state',
  'plan.ready',
  'plan.changed',
  'task.state',
  'check.finished',
  'merge.finished',
  'budget.changed',
  'question.asked',
  'question.answered',
  'message.delivered',
  'approval.ignored',
] as const;
export type JobEventType = (typeof JOB_EVENT_TYPES)[number];

/** A command that took effect, remembered so that its repetition gets the same answer. */
export interface CommandRecord {
  readonly key: string;
  /** SHA-256 of what was asked. */
  readonly hash: string;
  readonly answer: CommandAnswer;
}

export type CommandAnswer = Readonly<Record<string, string | number | boolean | null>>;

/** The key of an attempt's purse and of its place in the integration queue. */
export const attemptKey = (taskId: TaskId, attempt: number): string => `${taskId}/${attempt}`;

export const hubOf = (job: Job): HubName => job.header.source.hub;
