import type { Sha, TaskId } from './ids.ts';
import type { MicroUsd } from './money.ts';
import type { Network } from './spec.ts';

/** The proposed decomposition of a spec. A change makes a new revision; the approved one is carried out. */
export interface Plan {
  readonly revision: number;
  readonly source: 'model' | 'outline' | 'given';
  readonly summary: string;
  readonly baseSha: Sha;
  readonly tasks: readonly Task[];
  readonly checks: readonly Check[];
  readonly criteria: readonly Criterion[];
  /** Shell commands that prepare a checkout, with network, once per host. */
  readonly setup: readonly string[];
  readonly network: Network;
  readonly estimate: { readonly low: MicroUsd; readonly high: MicroUsd };
  readonly warnings: readonly string[];
}

export interface Task {
  readonly taskId: TaskId;
  readonly title: string;
  readonly instructions: string;
  readonly dependsOn: readonly TaskId[];
  /** Globs of the files that the task may change; two tasks that share one never run together. */
  readonly files: readonly string[];
  readonly checks: readonly string[];
  /** Null: the job's model. */
  readonly model: string | null;
  /** Null: the job's allowance. */
  readonly maxAttempts: number | null;
  readonly estimate: MicroUsd | null;
}

export interface Check {
  readonly checkId: string;
  readonly criterionId: string | null;
  readonly kind: 'command' | 'review';
  /** A shell command for `command`, what to look at for `review`. */
  readonly command: string;
  readonly expectExit: number;
  readonly timeoutSeconds: number;
  readonly origin: 'plan' | 'spec';
}

/** What the user wants to be true, `c1` … in the order of the spec. */
export interface Criterion {
  readonly criterionId: string;
  readonly text: string;
}

export type CriterionState = 'open' | 'met' | 'failed' | 'unverifiable' | 'waived';

/** A plan as its author gives it: ids and references may be anything until `checkPlan` has looked. */
export interface PlanDraft {
  readonly summary: string;
  readonly tasks: readonly DraftTask[];
  readonly checks: readonly DraftCheck[];
  /** Null: the spec's, else what a lockfile suggests. */
  readonly setup: readonly string[] | null;
  readonly network: Network | null;
}

export interface DraftTask {
  readonly taskId: string | null;
  readonly title: string;
  readonly instructions: string;
  readonly dependsOn: readonly string[];
  readonly files: readonly string[];
  readonly checks: readonly string[];
  readonly model: string | null;
  readonly maxAttempts: number | null;
  readonly estimate: MicroUsd | null;
}

export interface DraftCheck {
  readonly checkId: string;
  readonly criterionId: string | null;
  readonly kind: 'command' | 'review';
  readonly command: string;
  readonly expectExit: number | null;
  readonly timeoutSeconds: number | null;
}

export const MAX_TASKS = 500;

/** Claims are part of a job's state, which must stay small: per task, characters of a glob, characters of all. */
export const MAX_CLAIMS = { perTask: 50, length: 200, together: 200_000 } as const;
