import type { Logger } from 'pino';
import type { Caller } from '../domain/access.ts';
import type { PricedModel } from '../domain/models.ts';
import type { ProviderId } from '../domain/providers.ts';
import type { Gateway } from './gateway.ts';

/** What the API is told about its server; read once, by `server.ts`. Money in US dollars, folders absolute. */
export interface Settings {
  readonly version: string;
  /** Names that a Host header may carry besides loopback ones. */
  readonly hosts: readonly string[];
  /** Where the Temporal UI is, with its namespace; null: not known. */
  readonly temporalUi: string | null;
  readonly hubsDir: string;
  /** Where new repositories are made. */
  readonly repositoriesDir: string;
  /** Folder or url for specs that name no repository; null: a new one. */
  readonly repo: string | null;
  /** Null: any. */
  readonly repositoriesAllow: readonly string[] | null;
  readonly defaults: {
    readonly budgetUsd: number;
    readonly maxWorkers: number;
    readonly maxAttempts: number;
    readonly model: string | null;
    readonly plannerModel: string | null;
  };
  /** Null: the first configured one. */
  readonly provider: ProviderId | null;
  /** Why a provider cannot be used; null: it can. */
  readonly unconfigured: Readonly<Record<ProviderId, string | null>>;
  /** Whether the OpenAI-compatible endpoint is on this machine, and so costs nothing. */
  readonly openaiIsFree: boolean;
  /** The user's own models and prices. */
  readonly models: readonly PricedModel[];
  readonly turnsPerTask: number;
  readonly approvalBySignal: boolean;
}

/** Why no sandbox works here, and what to do about it; null when one does, or none is wanted. */
export type SandboxState = { readonly reason: string } | null;

export interface Deps {
  readonly settings: Settings;
  readonly gateway: Gateway;
  readonly callerOf: (token: string) => Caller | null;
  readonly sandbox: () => Promise<SandboxState>;
  /** Whether a configured provider's endpoint answers; null: it is not asked from here. */
  readonly reachable: (id: ProviderId) => Promise<{ ok: boolean; reason: string | null } | null>;
  readonly log: Logger;
}
