import type { AgentRole } from '../domain/roles.ts';
import type { Delivery, Job, JobEvent, PlanOutline, TaskError } from '../domain/job/state.ts';
import type { VerifiedChecks } from '../domain/job/verified.ts';
import type { HostId, HubName, JobId, Sha, TaskId } from '../domain/ids.ts';
import type { Model, Network, Source, Spec } from '../domain/spec.ts';
import type { MicroUsd } from '../domain/money.ts';
import type { ProviderId } from '../domain/providers.ts';
import type { StopReason, Submitted } from '../domain/conversation.ts';
import type { Usage } from '../domain/prices.ts';

/** Which attempt a step belongs to, and where its refs are. */
export interface AttemptPlace {
  readonly hub: HubName;
  readonly jobId: JobId;
  readonly taskId: TaskId;
  readonly attempt: number;
}

/** Steps that need the keys of models, and no shell. */
export interface EngineSteps {
  /** Asks the model once. Delivered once: only the workflow, which can reserve again, repeats it. */
  callModel(call: ModelCall): Promise<Called>;
}

export interface ModelCall {
  readonly place: AttemptPlace;
  readonly agentRole: AgentRole;
  readonly provider: ProviderId;
  readonly model: Model;
  readonly turn: number;
  /** The turn as this attempt counts it; a later attempt goes on in the same conversation. */
  readonly ownTurn: number;
  /** Numbers every request of the attempt, repetitions included. */
  readonly call: number;
  /** The conversation to answer. */
  readonly talk: Sha;
  readonly maxTokens: number;
  readonly reservation: MicroUsd;
  /** Earlier calls of this attempt whose end the workflow does not know. */
  readonly lost: readonly number[];
}

export interface Called {
  readonly talk: Sha;
  readonly usage: Usage;
  /** What this call and the lost ones cost, as far as it is known. */
  readonly settled: readonly { readonly call: number; readonly cost: MicroUsd }[];
  readonly stop: StopReason;
  readonly toolCalls: number;
  /** The turn in one line, for the history. */
  readonly summary: string;
}

/** What a failed `callModel` carries as the details of its failure. */
export interface CallFailure {
  readonly repeatable: boolean;
  readonly retryAfterMs: number | null;
  /** False where the provider is known not to bill the request. */
  readonly mayHaveCost: boolean;
}

/** Steps that any workspace host can do: git, and no worktree that outlives them. */
export interface WorkspaceSteps {
  /** Fetches the source's base commit into the hub and writes the spec there; checks a given plan. */
  openJob(job: { jobId: JobId; spec: Spec }): Promise<OpenedJob>;
  /** Takes an assignment on this host, or fails, to be tried again, while it holds as many as it may. */
  findHost(place: AttemptPlace): Promise<{ host: HostId }>;
  /** Every check of the plan in a clean checkout of the integration head. */
  verifyJob(job: { hub: HubName; jobId: JobId; planSha: Sha; source: Source }): Promise<VerifiedChecks>;
  /** What the refs of an attempt say about one that cannot report any more. */
  accountAttempt(place: AttemptPlace): Promise<Account>;
  saveEvents(events: { hub: HubName; jobId: JobId; events: readonly JobEvent[] }): Promise<void>;
  /** Writes the record of a closed job, or the tombstone of a deleted one. */
  archiveJob(job: Job): Promise<void>;
  /** Drops refs and worktrees of a job. */
  dropJob(job: { hub: HubName; jobId: JobId }): Promise<void>;
}

export interface OpenedJob {
  readonly specSha: Sha;
  /** The plan that the submitter gave. */
  readonly plan: PlanOutline | null;
  /** How this host keeps commands apart: a sandbox driver, or `none`. */
  readonly sandbox: string;
}

export interface Account {
  readonly spent: MicroUsd;
  readonly usage: Usage;
  readonly turns: number;
  readonly talk: Sha | null;
  readonly tree: Sha | null;
}

/** Steps in an attempt's own worktree, on the host that holds it. Each is delivered once, with a fence. */
export interface HostSteps {
  openAttempt(open: OpenAttempt): Promise<OpenedAttempt>;
  /** Runs the plan's setup once per host, base commit and text; what it left goes into every worktree after it. */
  prepareSetup(step: HostStep & { planSha: Sha; jobBase: Sha }): Promise<void>;
  runTools(step: ToolStep): Promise<ToolsRun>;
  checkTask(step: HostStep & { planSha: Sha; tree: Sha; talk: Sha }): Promise<TaskChecked>;
  integrate(step: HostStep & { planSha: Sha; tree: Sha; talk: Sha; source: Source }): Promise<Integrated>;
  /** Ends what the attempt left running, drops its worktree and its assignment. */
  closeAttempt(step: HostStep): Promise<void>;
}

export interface HostStep {
  readonly place: AttemptPlace;
  /** Goes up with every repetition of a step, and takes the worktree from the one before. */
  readonly fence: number;
  readonly baseSha: Sha;
  readonly network: Network;
  /** Names what the plan's setup left on a host; null without a setup. */
  readonly setupKey: string | null;
}

export interface OpenAttempt extends HostStep {
  readonly agentRole: AgentRole;
  readonly specSha: Sha;
  readonly planSha: Sha | null;
  readonly feedback: string | null;
  readonly from: { readonly talk: Sha; readonly tree: Sha; readonly error: TaskError | null } | null;
}

export interface OpenedAttempt {
  readonly talk: Sha;
  readonly tree: Sha;
  /** UTF-8 bytes of the conversation that no answer has counted yet. */
  readonly newBytes: number;
  /** Tokens that the last answer of a conversation that goes on counted. */
  readonly knownTokens: number;
  /** Turns that earlier attempts took in this conversation. */
  readonly turn: number;
}

export interface ToolStep extends HostStep {
  readonly agentRole: AgentRole;
  readonly turn: number;
  readonly talk: Sha;
  readonly tree: Sha;
  readonly specSha: Sha;
  /** How many plans were refused before in this attempt. */
  readonly plansRefused: number;
}

export interface ToolsRun {
  readonly talk: Sha;
  readonly tree: Sha;
  readonly newBytes: number;
  readonly submitted: Submitted | null;
}

export interface TaskChecked {
  readonly passed: boolean;
  readonly talk: Sha;
  readonly detail: string;
}

export type Integrated =
  | { readonly kind: 'merged'; readonly commit: Sha; readonly changed: boolean; readonly delivery: Delivery }
  | { readonly kind: 'conflict'; readonly files: readonly string[]; readonly talk: Sha }
  | { readonly kind: 'checks_failed'; readonly detail: string; readonly talk: Sha };
