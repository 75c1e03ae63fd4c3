import { DEFAULT_ORDER, PROVIDERS, PROVIDER_IDS } from '../../domain/providers.ts';
import { MODELS, PRICES_AS_OF } from '../../domain/models.ts';
import { json } from '../ask.ts';
import type { PricedModel } from '../../domain/models.ts';
import type { ProviderId } from '../../domain/providers.ts';
import type { WireProvider, WireProviderList } from '../../contract/providers.ts';
import type { Handler } from '../ask.ts';
import type { Settings } from '../deps.ts';
import type { Desk } from '../desk.ts';

/** Who can play the model's side here. */
export function providersRoute(desk: Desk): { readonly providers: Handler<'providers'> } {
  return {
    async providers() {
      const providers = await Promise.all(PROVIDER_IDS.map((id) => providerOf(desk, id)));
      return json(200, { providers, prices_as_of: PRICES_AS_OF } satisfies WireProviderList);
    },
  };
}

/** What a spec without a provider gets. */
export const defaultProvider = ({ provider, unconfigured }: Settings): ProviderId =>
  provider ?? DEFAULT_ORDER.find((id) => unconfigured[id] === null) ?? 'outline';

async function providerOf(desk: Desk, id: ProviderId): Promise<WireProvider> {
  const { settings } = desk;
  const missing = settings.unconfigured[id];
  const answers = missing === null ? await desk.reachable(id) : null;
  return {
    id,
    name: PROVIDERS[id].name,
    configured: missing === null,
    reachable: answers?.ok ?? null,
    default: id === defaultProvider(settings),
    reason: missing ?? answers?.reason ?? null,
    models: modelsOf(id, settings.models),
  };
}

function modelsOf(id: ProviderId, own: readonly PricedModel[]): WireProvider['models'] {
  const models = [...own, ...MODELS].filter((model) => model.provider === id);
  const first = models.filter((model, index) => models.findIndex((other) => other.id === model.id) === index);
  return first.map(({ id: model, price, contextTokens }) => ({
    id: model,
    input_usd_per_mtok: price.input,
    output_usd_per_mtok: price.output,
    cache_read_usd_per_mtok: price.cacheRead,
    cache_write_usd_per_mtok: price.cacheWrite,
    context_tokens: contextTokens,
  }));
}
