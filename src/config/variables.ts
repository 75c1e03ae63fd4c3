import { hostname } from 'node:os';
import path from 'node:path';
import { tuttiHome } from '../home.ts';
import type { Env } from '../home.ts';
import type { Flags } from './layers.ts';

/** What only the environment says (and `--temporal-profile`), by variable; null: not set. */
export const VARIABLES = [
  'TUTTI_HOME',
  'TUTTI_HOST_ID',
  'TUTTI_HUB_URL',
  'TUTTI_SCRIPT',
  'ANTHROPIC_BASE_URL',
  'OPENAI_BASE_URL',
  'TEMPORAL_ADDRESS',
  'TEMPORAL_PROFILE',
] as const;

export type Variable = (typeof VARIABLES)[number];

export function readVariables(env: Env, flags: Flags, cwd: string) {
  const sources = Object.fromEntries(
    VARIABLES.map((name) => [name, env[name] ? `env ${name}` : 'default']),
  ) as Record<Variable, string>;
  const profile = flags.temporalProfile ?? env.TEMPORAL_PROFILE;
  if (flags.temporalProfile) sources.TEMPORAL_PROFILE = 'flag --temporal-profile';
  const values = {
    TUTTI_HOME: tuttiHome(env),
    TUTTI_HOST_ID: env.TUTTI_HOST_ID || hostname(),
    TUTTI_HUB_URL: env.TUTTI_HUB_URL || null,
    TUTTI_SCRIPT: env.TUTTI_SCRIPT ? path.resolve(cwd, env.TUTTI_SCRIPT) : null,
    ANTHROPIC_BASE_URL: env.ANTHROPIC_BASE_URL || null,
    OPENAI_BASE_URL: env.OPENAI_BASE_URL || null,
    TEMPORAL_ADDRESS: env.TEMPORAL_ADDRESS || null,
    TEMPORAL_PROFILE: profile ? String(profile) : null,
  } satisfies Record<Variable, string | null>;
  return { values, sources };
}
