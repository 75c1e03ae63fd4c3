/** Who can play the model's side. A new row here does not compile until an adapter exists. */
export const PROVIDERS = {
  anthropic: { name: 'Anthropic', configuredBy: 'ANTHROPIC_API_KEY', priced: true },
  openai: { name: 'OpenAI-compatible', configuredBy: 'OPENAI_API_KEY or OPENAI_BASE_URL', priced: true },
  outline: { name: 'Outline (no model)', configuredBy: 'nothing', priced: false },
  scripted: { name: 'Scripted (a recording)', configuredBy: 'TUTTI_SCRIPT', priced: true },
} as const satisfies Record<string, ProviderRow>;

interface ProviderRow {
  readonly name: string;
  readonly configuredBy: string;
  /** False where a call costs nothing, whatever the model's name. */
  readonly priced: boolean;
}

export type ProviderId = keyof typeof PROVIDERS;

export const PROVIDER_IDS = Object.keys(PROVIDERS) as ProviderId[];

/** The provider that a spec without one gets: the first configured of these. */
export const DEFAULT_ORDER: readonly ProviderId[] = ['anthropic', 'openai', 'outline'];
