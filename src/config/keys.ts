import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { PROVIDER_IDS } from '../domain/providers.ts';
import type { ProviderId } from '../domain/providers.ts';

const text = z.string().trim().min(1);
const count = (max: number) => z.number().int().min(1).max(max);
const price = z.number().min(0);

/** Prices in US dollars per million tokens. (Default of the cache prices: the input price) */
const modelEntry = z.strictObject({
  input_usd_per_mtok: price,
  output_usd_per_mtok: price,
  cache_read_usd_per_mtok: price.optional(),
  cache_write_usd_per_mtok: price.optional(),
  context_tokens: count(100_000_000).optional(),
  provider: z.enum(PROVIDER_IDS as [ProviderId, ...ProviderId[]]).optional(),
});

/** Every key of the configuration: what it may be, what it is when nobody says, and who else may set it. */
export const KEYS = {
  host: key(text, '127.0.0.1', { env: 'TUTTI_HOST', flag: 'host' }),
  port: key(z.number().int().min(0).max(65_535), 8700, { env: 'TUTTI_PORT', flag: 'port' }),
  public_url: key(z.url({ protocol: /^https?$/ }).nullable(), null, {
    env: 'TUTTI_PUBLIC_URL',
    flag: 'publicUrl',
  }),
  repo: key(text.nullable(), null, { env: 'TUTTI_REPO', flag: 'repo' }),
  'repositories.allow': key(z.array(text), []),
  sandbox: key(z.enum(['auto', 'none']), 'auto', { env: 'TUTTI_SANDBOX', flag: 'sandbox' }),
  sandbox_read_only: key(z.array(text), []),
  provider: key(z.enum(PROVIDER_IDS as [ProviderId, ...ProviderId[]]).nullable(), null, { flag: 'provider' }),
  models: key(z.record(text, modelEntry), {}),
  'defaults.budget_usd': key(z.number().positive().max(1_000_000), 5),
  'defaults.max_workers': key(count(64), 3),
  'defaults.max_attempts': key(count(10), 1),
  'defaults.model': key(text.nullable(), null, { flag: 'model' }),
  'defaults.planner_model': key(text.nullable(), null),
  'limits.tasks': key(count(10_000), 16),
  'limits.commands': key(count(10_000), availableParallelism()),
  'limits.memory_mb': key(count(100_000_000), 4096),
  'limits.command_s': key(count(86_400), 600),
  'limits.usd_per_day': key(z.number().positive().nullable(), null),
  'limits.turns_per_job': key(count(1_000_000), 500),
  'approval.by_signal': key(z.boolean().nullable(), null),
  'git.author': key(
    text.regex(/^[^<>]+ <[^<>\s]+>$/, { error: 'must look like "Name <address>"' }),
    'Tutti <tutti@localhost>',
  ),
  'training.enabled': key(z.boolean(), false),
} as const;

export type ConfigKey = keyof typeof KEYS;
export type ConfigValues = { [K in ConfigKey]: z.output<(typeof KEYS)[K]['schema']> };

/** Flags of the command line by their name in camelCase, as the parser hands them over; undefined: not given. */
export type ConfigFlag =
  'config' | 'temporalProfile' | 'host' | 'port' | 'publicUrl' | 'repo' | 'sandbox' | 'provider' | 'model';

function key<S extends z.ZodType>(
  schema: S,
  fallback: z.output<S>,
  by: { readonly env?: string; readonly flag?: ConfigFlag } = {},
): { readonly schema: S; readonly fallback: z.output<S>; readonly env?: string; readonly flag?: ConfigFlag } {
  return { schema, fallback, ...by };
}
