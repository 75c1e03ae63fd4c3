import { MODELS } from '../domain/models.ts';
import type { PricedModel } from '../domain/models.ts';
import type { ProviderId } from '../domain/providers.ts';
import type { ConfigValues } from './keys.ts';

/**
 * The user's own models and prices. An entry without `provider` belongs to the provider that the price table
 * knows the model from, else to Anthropic when it is called `claude…`, else to the OpenAI-compatible endpoint.
 */
export function priceEntries(entries: ConfigValues['models']): PricedModel[] {
  return Object.entries(entries).map(([id, entry]) => ({
    id,
    provider: entry.provider ?? providerOf(id),
    contextTokens: entry.context_tokens ?? 128_000,
    price: {
      input: entry.input_usd_per_mtok,
      output: entry.output_usd_per_mtok,
      cacheRead: entry.cache_read_usd_per_mtok ?? entry.input_usd_per_mtok,
      cacheWrite: entry.cache_write_usd_per_mtok ?? entry.input_usd_per_mtok,
    },
  }));
}

const providerOf = (id: string): ProviderId =>
  MODELS.find((model) => model.id === id)?.provider ?? (id.startsWith('claude') ? 'anthropic' : 'openai');
