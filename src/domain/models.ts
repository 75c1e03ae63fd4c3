import { MODEL_PRICES } from './model-prices.ts';
import { FREE } from './prices.ts';
import { PROVIDERS } from './providers.ts';
import type { ModelPrice } from './prices.ts';
import type { ProviderId } from './providers.ts';
import type { Model } from './spec.ts';

export { PRICES_AS_OF } from './model-prices.ts';

/** A model of the table, or of the user's configuration. */
export interface PricedModel extends Model {
  readonly provider: ProviderId;
}

export const MODELS: readonly PricedModel[] = MODEL_PRICES.map(
  ([provider, id, contextTokens, input, output, cacheRead, cacheWrite]) => ({
    provider,
    id,
    contextTokens,
    price: { input, output, cacheRead, cacheWrite } satisfies ModelPrice,
  }),
);

/**
 * The model with exactly this id, the user's own entries first. Null: its price is not known, and a near name
 * never counts. A recording may stand in for any model; a provider that charges nothing has every model.
 */
export function findModel(provider: ProviderId, id: string, overrides: readonly PricedModel[] = []): Model | null {
  if (!PROVIDERS[provider].priced) return freeModel(id);
  const found = [...overrides, ...MODELS].find(
    (model) => model.id === id && (provider === 'scripted' || model.provider === provider),
  );
  return found === undefined ? null : { id: found.id, price: found.price, contextTokens: found.contextTokens };
}

/** A model that costs nothing: one on this machine, or none at all. (Default context: 128,000 tokens) */
export const freeModel = (id: string, contextTokens = 128_000): Model => ({ id, price: FREE, contextTokens });

/** What a job uses when its spec names no model. */
export const DEFAULT_MODELS: Readonly<Record<ProviderId, { readonly builder: string; readonly planner: string }>> = {
  anthropic: { builder: 'claude-sonnet-5', planner: 'claude-opus-5-5' },
  openai: { builder: 'gpt-6-sol', planner: 'gpt-6-sol' },
  outline: { builder: 'outline', planner: 'outline' },
  scripted: { builder: 'claude-sonnet-5', planner: 'claude-opus-5-5' },
};
