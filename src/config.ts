import path from 'node:path';
import { calledFrom, repositoryAround } from './config/called-from.ts';
import { ConfigError } from './config/error.ts';
import { readConfigFile } from './config/file.ts';
import { resolveLayers } from './config/layers.ts';
import { priceEntries } from './config/models.ts';
import { readSecrets } from './config/secrets.ts';
import { readVariables } from './config/variables.ts';
import { homePaths } from './home.ts';
import type { Flags, Sources as KeySources } from './config/layers.ts';
import type { ConfigValues } from './config/keys.ts';
import type { Secrets } from './config/secrets.ts';
import type { Variable } from './config/variables.ts';
import type { PricedModel } from './domain/models.ts';
import type { ProviderId } from './domain/providers.ts';
import type { Env, Home } from './home.ts';

export { describeConfig } from './config/describe.ts';
export { ConfigError } from './config/error.ts';
export { withoutSecrets } from './config/secrets.ts';
export type { Flags } from './config/layers.ts';

/** Where each value comes from: `flag --port`, `env TUTTI_PORT`, `file …/tutti.yaml:3` or `default`. */
export type Sources = KeySources & Readonly<Record<Variable, string>>;

/** All that is configured, read once at a process's start. Money in US dollars, folders absolute. */
export interface Config {
  readonly home: Home;
  /** The file that was read; null when there is none. */
  readonly file: string | null;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly publicUrl: string | null;
  /** Folder or URL of the repository for specs that name none; null: a new one under `home.repositories`. */
  readonly repo: string | null;
  readonly repositories: { readonly allow: readonly string[] };
  readonly sandbox: 'auto' | 'none';
  readonly sandboxReadOnly: readonly string[];
  readonly provider: ProviderId | null;
  readonly models: readonly PricedModel[];
  readonly defaults: {
    readonly budgetUsd: number;
    readonly maxWorkers: number;
    readonly maxAttempts: number;
    readonly model: string | null;
    readonly plannerModel: string | null;
  };
  readonly limits: {
    readonly tasks: number;
    readonly commands: number;
    readonly memoryMb: number;
    readonly commandSeconds: number;
    readonly usdPerDay: number | null;
    readonly turnsPerJob: number;
  };
  readonly approval: { readonly bySignal: boolean };
  readonly git: { readonly author: string };
  readonly training: { readonly enabled: boolean };
  readonly hostId: string;
  readonly hubUrl: string | null;
  /** The recorded file of the provider `scripted`. */
  readonly script: string | null;
  readonly anthropicBaseUrl: string | null;
  readonly openaiBaseUrl: string | null;
  /** Both null: the embedded server. */
  readonly temporal: { readonly address: string | null; readonly profile: string | null };
  readonly secrets: Secrets;
}

/**
 * The configuration in force: flags beat the environment, which beats the file. `.env` is not read.
 * Throws ConfigError with every problem and where it was said.
 */
export function loadConfig(given: { env: Env; flags?: Flags; cwd?: string }): {
  config: Config;
  sources: Sources;
} {
  const { env, flags = {} } = given;
  const cwd = calledFrom(env, given.cwd ?? process.cwd());
  const variables = readVariables(env, flags, cwd);
  const home = homePaths(variables.values.TUTTI_HOME);
  const named = (flags.config ?? env.TUTTI_CONFIG) || null;
  const file = named === null ? home.config : path.resolve(cwd, String(named));
  const layer = readConfigFile(file);
  if (layer === null && named !== null) throw new ConfigError([`there is no configuration file ${file}`]);
  const { values, sources } = resolveLayers({ flags, env, file: layer });

  const near = (source: string) => (source.startsWith('file') ? path.dirname(file) : cwd);
  const folder = (place: string, base: string) => (isUrl(place) ? place : absolute(place, base, env));
  const config: Config = {
    ...shaped(values),
    home,
    file: layer === null ? null : file,
    repo: values.repo === null ? repositoryAround(cwd) : folder(values.repo, near(sources.repo)),
    repositories: { allow: values['repositories.allow'].map((place) => folder(place, path.dirname(file))) },
    sandboxReadOnly: values.sandbox_read_only.map((place) => absolute(place, path.dirname(file), env)),
    hostId: variables.values.TUTTI_HOST_ID,
    hubUrl: variables.values.TUTTI_HUB_URL,
    script: variables.values.TUTTI_SCRIPT,
    anthropicBaseUrl: variables.values.ANTHROPIC_BASE_URL,
    openaiBaseUrl: variables.values.OPENAI_BASE_URL,
    temporal: { address: variables.values.TEMPORAL_ADDRESS, profile: variables.values.TEMPORAL_PROFILE },
    secrets: readSecrets(env),
  };
  return { config, sources: { ...sources, ...variables.sources } };
}

/** Whether only this machine reaches a server that listens on `host`. */
export const isLoopback = (host: string) =>
  host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);

function shaped(values: ConfigValues) {
  return {
    host: values.host,
    port: values.port,
    publicUrl: values.public_url?.replace(/\/+$/, '') ?? null,
    sandbox: values.sandbox,
    provider: values.provider,
    models: priceEntries(values.models),
    defaults: {
      budgetUsd: values['defaults.budget_usd'],
      maxWorkers: values['defaults.max_workers'],
      maxAttempts: values['defaults.max_attempts'],
      model: values['defaults.model'],
      plannerModel: values['defaults.planner_model'],
    },
    limits: {
      tasks: values['limits.tasks'],
      commands: values['limits.commands'],
      memoryMb: values['limits.memory_mb'],
      commandSeconds: values['limits.command_s'],
      usdPerDay: values['limits.usd_per_day'],
      turnsPerJob: values['limits.turns_per_job'],
    },
    approval: { bySignal: values['approval.by_signal'] ?? isLoopback(values.host) },
    git: { author: values['git.author'] },
    training: { enabled: values['training.enabled'] },
  };
}

const isUrl = (place: string) => /^[a-z][a-z0-9+.-]*:\/\/|^[^/\s]+@[^/\s]+:/i.test(place);

/** `~/` is the user's home; anything else relative counts from `base`. */
const absolute = (place: string, base: string, env: Env) =>
  place.startsWith('~/') ? path.join(env.HOME ?? '', place.slice(2)) : path.resolve(base, place);
