import { isLoopback } from '../config.ts';
import type { Config } from '../config.ts';
import type { ProviderId } from '../domain/providers.ts';
import { PROVIDERS } from '../domain/providers.ts';
import type { Settings } from './deps.ts';

/** The configuration as the API uses it. `temporalUi` is the UI's address with its namespace, where it is known. */
export function settingsOf(config: Config, version: string, temporalUi: string | null): Settings {
  const { home, secrets, limits } = config;
  const isPublic = !isLoopback(config.host);
  return {
    version,
    hosts: hostsOf(config),
    temporalUi,
    hubsDir: home.hubs,
    repositoriesDir: home.repositories,
    repo: config.repo,
    repositoriesAllow: isPublic ? config.repositories.allow : null,
    defaults: config.defaults,
    provider: config.provider,
    unconfigured: {
      anthropic: missing('anthropic', secrets.anthropicApiKey !== null),
      openai: missing('openai', secrets.openaiApiKey !== null || config.openaiBaseUrl !== null),
      outline: null,
      scripted: missing('scripted', config.script !== null),
    },
    openaiIsFree: config.openaiBaseUrl !== null && isLocal(config.openaiBaseUrl),
    models: config.models,
    turnsPerTask: limits.turnsPerJob,
    approvalBySignal: config.approval.bySignal,
  };
}

/** Why a provider cannot be used; null: it can. */
const missing = (id: ProviderId, configured: boolean): string | null =>
  configured ? null : `provider ${id} is not configured: set ${PROVIDERS[id].configuredBy}`;

function hostsOf({ publicUrl, host }: Config): string[] {
  const anywhere = host === '0.0.0.0' || host === '::';
  return [
    ...(publicUrl === null ? [] : [new URL(publicUrl).hostname]),
    ...(anywhere ? [] : [host.toLowerCase()]),
  ];
}

const isLocal = (url: string): boolean =>
  URL.canParse(url) && isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, ''));
