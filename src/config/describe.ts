import { KEYS } from './keys.ts';
import { SECRET_VARIABLES } from './secrets.ts';
import { VARIABLES } from './variables.ts';
import type { Config, Sources } from '../config.ts';
import type { ConfigKey } from './keys.ts';
import type { Secrets } from './secrets.ts';
import type { Variable } from './variables.ts';

export interface ConfigRow {
  readonly key: string;
  readonly value: string;
  readonly source: string;
}

/** What is in force and from where, a row a key, then the variables. Secrets and passwords in URLs are masked. */
export function describeConfig(config: Config, sources: Sources): ConfigRow[] {
  const keys = (Object.keys(KEYS) as ConfigKey[]).map((key) => ({
    key,
    value: print(valueOf(config, key)),
    source: sources[key],
  }));
  const variables: Record<Variable, string | null> = {
    TUTTI_HOME: config.home.root,
    TUTTI_HOST_ID: config.hostId,
    TUTTI_HUB_URL: config.hubUrl,
    TUTTI_SCRIPT: config.script,
    ANTHROPIC_BASE_URL: config.anthropicBaseUrl,
    OPENAI_BASE_URL: config.openaiBaseUrl,
    TEMPORAL_ADDRESS: config.temporal.address,
    TEMPORAL_PROFILE: config.temporal.profile,
  };
  const secrets = (Object.keys(SECRET_VARIABLES) as (keyof Secrets)[]).map((name) => ({
    key: SECRET_VARIABLES[name][0],
    value: config.secrets[name] === null ? NOT_SET : '********',
    source: config.secrets[name] === null ? 'default' : 'env',
  }));
  const others = VARIABLES.map((key) => ({ key, value: print(variables[key]), source: sources[key] }));
  return [...keys, ...others, ...secrets];
}

const NOT_SET = 'not set';

/** A key's value in the shape of the file: models as they were priced, everything else as it stands. */
function valueOf(config: Config, key: ConfigKey): unknown {
  switch (key) {
    case 'limits.command_s':
      return config.limits.commandSeconds;
    case 'models':
      return config.models.map((model) => model.id);
    default: {
      const names = key
        .split('.')
        .map((name) => name.replace(/_[a-z]/g, (part) => part.slice(1).toUpperCase()));
      return names.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], config);
    }
  }
}

function print(value: unknown): string {
  if (value === null || value === undefined) return NOT_SET;
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(print).join(', ');
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replace(/(:\/\/)[^/@\s]+@/g, '$1********@');
}
