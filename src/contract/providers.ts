import { z } from 'zod';

const perMillion = z.number().meta({ description: 'US dollars per million tokens' });

const provider = z
  .object({
    id: z.string(),
    name: z.string(),
    configured: z.boolean(),
    reachable: z.boolean().nullable().meta({ description: 'Null: not tried' }),
    default: z.boolean(),
    reason: z.string().nullable().meta({ description: 'Why it cannot be used now' }),
    models: z.array(
      z.object({
        id: z.string(),
        input_usd_per_mtok: perMillion,
        output_usd_per_mtok: perMillion,
        cache_read_usd_per_mtok: perMillion,
        cache_write_usd_per_mtok: perMillion,
        context_tokens: z.int(),
      }),
    ),
  })
  .meta({ id: 'Provider' });

export const providerList = z
  .object({ providers: z.array(provider), prices_as_of: z.string() })
  .meta({ id: 'ProviderList' });

export type WireProvider = z.infer<typeof provider>;
export type WireProviderList = z.infer<typeof providerList>;
