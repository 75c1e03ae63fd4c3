import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { JobId, HostId, Instant, TaskId } from '../domain/ids.ts';
import type { Command, CommandName } from '../domain/job/commands.ts';
import type { Ended, Grant, Need } from '../domain/job/progress.ts';
import type { JobTerms } from '../domain/job/open.ts';
import type { CommandAnswer, Job, JobEvent } from '../domain/job/state.ts';
import type { JobView } from '../domain/job/view.ts';
import type { Spec } from '../domain/spec.ts';

/** Workflows and model calls: workers with keys and no shell. */
export const ENGINE_QUEUE = 'tutti-engine';
/** Work that any workspace host may take: workers with a shell and no keys. */
export const WORKSPACE_QUEUE = 'tutti-workspace';
/** Steps that must run where an attempt's worktree is. */
export const hostQueue = (host: HostId): string => `tutti-workspace-${host}`;

export const jobWorkflowId = (job: JobId): string => `job:${job}`;
export const taskWorkflowId = (job: JobId, task: TaskId, attempt: number): string =>
  `task:${job}:${task}:${attempt}`;

/** What `jobWorkflow` begins with: a submitted spec, or its own snapshot when it continues as new. */
export type JobStart =
  | {
      readonly kind: 'submitted';
      readonly jobId: JobId;
      readonly owner: string;
      readonly createdAt: Instant;
      readonly spec: Spec;
      /** UTF-8 bytes of the spec's texts. */
      readonly specBytes: number;
      readonly terms: JobTerms;
    }
  | { readonly kind: 'continued'; readonly job: Job }
  /** A closed job, started again from its archive to be deleted. */
  | { readonly kind: 'reopened'; readonly job: Job };

/** Answers when the plan is ready, or the job has ended without one. */
export const submitUpdate = defineUpdate<{ state: string }, []>('submit');

/** One update for each command; a refusal is an `ApplicationFailure` whose type is the error code and leaves no event. */
export const commandUpdates = {
  approve: defineUpdate<CommandAnswer, [Command]>('approvePlan'),
  reject: defineUpdate<CommandAnswer, [Command]>('rejectPlan'),
  cancel: defineUpdate<CommandAnswer, [Command]>('cancelJob'),
  close: defineUpdate<CommandAnswer, [Command]>('closeJob'),
  retry: defineUpdate<CommandAnswer, [Command]>('retryTask'),
  budget: defineUpdate<CommandAnswer, [Command]>('setBudget'),
  delete: defineUpdate<CommandAnswer, [Command]>('deleteJob'),
} satisfies Record<CommandName, unknown>;

/** For the Temporal UI and `temporal workflow signal`; it must carry the revision that it approves. */
export const approvePlanSignal = defineSignal<[{ plan_revision?: unknown; note?: unknown }]>('approvePlan');

export const jobQuery = defineQuery<JobView>('job');
/** Events after a number, oldest first, as far as the job still holds them. */
export const eventsQuery = defineQuery<{ events: JobEvent[]; last: number }, [number]>('events');

/** From an attempt to the workflow that pays. */
export const needSignal = defineSignal<[Need]>('need');
export const endedSignal = defineSignal<[Ended]>('ended');
/** From the workflow that pays to an attempt. */
export const grantSignal = defineSignal<[Grant]>('grant');
/** "You are still mine": sent by a new run of the payer; refused only when the attempt is gone. */
export const adoptedSignal = defineSignal('adopted');

/** Typed search attributes by which jobs are listed. */
export const SEARCH_ATTRIBUTES = {
  TuttiKind: 'KEYWORD',
  TuttiJob: 'KEYWORD',
  TuttiState: 'KEYWORD',
  TuttiOwner: 'KEYWORD',
  TuttiCircle: 'KEYWORD',
  TuttiWaits: 'KEYWORD_LIST',
  TuttiCreatedAt: 'DATETIME',
} as const;

/** What the memo of a job says, so that listing needs no query per job. */
export interface JobMemo {
  readonly title: string;
  readonly repository: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly progress: Readonly<
    Record<'pending' | 'running' | 'completed' | 'failed' | 'cancelled' | 'total', number>
  >;
  readonly budget: CommandAnswer;
}
