import type { AttemptPlace } from '../../activities/steps.ts';
import type { AgentRole } from '../../domain/roles.ts';
import type { CallSize, Usage } from '../../domain/prices.ts';
import type { HostId, Sha } from '../../domain/ids.ts';
import type { Grant, Start } from '../../domain/job/progress.ts';
import type { Model, Network, Source } from '../../domain/spec.ts';
import type { ProviderId } from '../../domain/providers.ts';
import type { Purse } from '../../domain/purse.ts';

/** What an attempt is told when it begins. */
export interface TaskTerms {
  readonly place: AttemptPlace;
  readonly title: string;
  /** The workflow that pays and grants: a job, or an episode. */
  readonly payer: string;
  readonly agentRole: AgentRole;
  readonly provider: ProviderId;
  readonly model: Model;
  readonly source: Source;
  readonly baseSha: Sha;
  readonly specSha: Sha;
  /** Null for a planner. */
  readonly planSha: Sha | null;
  readonly setupKey: string | null;
  readonly network: Network;
  readonly turns: number;
  readonly start: Start;
}

/** What `taskWorkflow` begins with: an order, or its own snapshot when it continues as new. */
export type TaskStart =
  | { readonly kind: 'ordered'; readonly terms: TaskTerms }
  | { readonly kind: 'continued'; readonly attempt: Attempt };

/** All that an attempt's workflow knows: plain data, carried over continue-as-new. */
export interface Attempt {
  readonly schema: 1;
  readonly terms: TaskTerms;
  readonly purse: Purse;
  /** The number of the last report to the payer. */
  seq: number;
  /** The answer to the last need, until it is used. */
  grant: Grant | null;
  host: HostId | null;
  /** Goes up with every repetition of a step on a host. */
  fence: number;
  /** Where the conversation stands, and the commit of the worktree. Null before the attempt is opened. */
  talk: Sha | null;
  tree: Sha | null;
  turn: number;
  /** Turns of earlier attempts in the same conversation: the allowance counts from here. */
  firstTurn: number;
  call: number;
  size: CallSize;
  usage: Usage;
  /** Answers in a row that neither called a tool nor ended the attempt. */
  idle: number;
  plansRefused: number;
  /** Where it goes on after continue-as-new. */
  phase: 'opening' | 'working' | 'merging';
}

export const beginAttempt = (terms: TaskTerms, purse: Purse, usage: Usage): Attempt => ({
  schema: 1,
  terms,
  purse,
  seq: 0,
  grant: null,
  host: null,
  fence: 1,
  talk: null,
  tree: null,
  turn: 0,
  firstTurn: 0,
  call: 0,
  size: { knownTokens: 0, newBytes: 0 },
  usage,
  idle: 0,
  plansRefused: 0,
  phase: 'opening',
});
