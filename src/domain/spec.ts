import type { MicroUsd } from './money.ts';
import type { ProviderId } from './providers.ts';
import type { ModelPrice } from './prices.ts';
import type { PlanDraft } from './plan.ts';
import type { HubName, Sha } from './ids.ts';

/** What a developer submits, with every default taken and the source pinned. */
export interface Spec {
  readonly title: string;
  readonly description: string;
  readonly constraints: readonly string[];
  readonly acceptanceCriteria: readonly string[];
  /** Shell commands that must succeed in the end, whatever the plan says. */
  readonly checks: readonly string[];
  /** Null: a lockfile at the source's root suggests one. */
  readonly setup: readonly string[] | null;
  /** Whether tasks may use the network; the approved plan decides. Null: the planner may propose it. */
  readonly network: Network | null;
  readonly plan: PlanDraft | null;
  readonly maxParallel: number;
  readonly maxAttempts: number;
  readonly budget: MicroUsd;
  readonly provider: ProviderId;
  readonly model: string;
  readonly plannerModel: string;
  /** Every model that this job may use, with its price pinned at submit: a later change of the table is no surprise. */
  readonly models: readonly Model[];
  readonly source: Source;
  readonly autoApprove: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

export type Network = 'none' | 'all';

/** Which model answers and what it charges. */
export interface Model {
  readonly id: string;
  readonly price: ModelPrice;
  readonly contextTokens: number;
}

/** Where the code comes from. `base` is what the user named, `baseSha` the commit it meant at submit. */
export type Source =
  | {
      readonly kind: 'path';
      readonly path: string;
      readonly base: string;
      readonly baseSha: Sha;
      readonly hub: HubName;
    }
  | {
      readonly kind: 'url';
      readonly url: string;
      readonly base: string;
      readonly baseSha: Sha;
      readonly hub: HubName;
    }
  | {
      readonly kind: 'new';
      readonly path: string;
      readonly base: string;
      readonly baseSha: Sha;
      readonly hub: HubName;
    };
