import { PROVIDERS } from '../../domain/providers.ts';
import type { ProviderId } from '../../domain/providers.ts';
import { anthropic } from './anthropic.ts';
import type { Endpoint } from './anthropic.ts';
import { openai } from './openai.ts';
import { outline } from './outline.ts';
import type { Provider, Unconfigured } from './provider.ts';
import { readScript, scripted } from './scripted.ts';

/** What each provider needs to exist; null: it is not configured. */
export interface ProviderSettings {
  readonly anthropic: Endpoint | null;
  readonly openai: Endpoint | null;
  /** The path of a recording. */
  readonly script: string | null;
}

export type ProviderTable = { readonly [Id in ProviderId]: Provider | Unconfigured };

/** Every provider, by its id. Throws where a script cannot be read. */
export function createProviders(settings: ProviderSettings): ProviderTable {
  return {
    anthropic: settings.anthropic === null ? unconfigured('anthropic') : anthropic(settings.anthropic),
    openai: settings.openai === null ? unconfigured('openai') : openai(settings.openai),
    outline,
    scripted: settings.script === null ? unconfigured('scripted') : scripted(readScript(settings.script)),
  } satisfies ProviderTable;
}

const unconfigured = (id: ProviderId): Unconfigured => ({
  id,
  unconfigured: `provider ${id} is not configured: set ${PROVIDERS[id].configuredBy}`,
});
