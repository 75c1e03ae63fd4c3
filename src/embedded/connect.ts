import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Env } from '../home.ts';
import type { ClientConnectConfig } from '@temporalio/envconfig';

/** How to reach a Temporal server: the same options serve the client's `Connection` and `NativeConnection`. */
export interface TemporalTarget {
  readonly connection: ClientConnectConfig['connectionOptions'] & { readonly address: string };
  readonly namespace: string;
}

/**
 * The server that the user named by `TEMPORAL_ADDRESS`, `TEMPORAL_PROFILE` or `--temporal-profile`, with what the
 * other `TEMPORAL_…` variables say; null: nobody named one, so Tutti runs its own. A `temporal.toml` is read only
 * when a profile or `TEMPORAL_CONFIG_FILE` names it.
 */
export function connectTemporal(
  { temporal }: { temporal: { address: string | null; profile: string | null } },
  env: Env,
): TemporalTarget | null {
  if (temporal.address === null && temporal.profile === null) return null;
  const { connectionOptions, namespace } = loadClientConnectConfig({
    profile: temporal.profile ?? undefined,
    disableFile: temporal.profile === null && !env.TEMPORAL_CONFIG_FILE,
    overrideEnvVars: Object.fromEntries(
      Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1])),
    ),
  });
  const address = connectionOptions.address ?? temporal.address;
  if (!address)
    throw new Error(
      `the Temporal profile "${temporal.profile}" names no address; add one or set TEMPORAL_ADDRESS`,
    );
  return { connection: { ...connectionOptions, address }, namespace: namespace ?? 'default' };
}
