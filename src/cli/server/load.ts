import { loadConfig } from '../../config.ts';
import { connectTemporal } from '../../embedded/connect.ts';
import { Refusal } from '../errors.ts';
import type { Config, Flags, Sources } from '../../config.ts';
import type { TemporalTarget } from '../../embedded/connect.ts';
import type { Invocation } from '../invocation.ts';

/** The flags of `up`, `api`, `worker`, `config` and `doctor` that are configuration, as commander names them. */
const FLAGS = [
  'config',
  'temporalProfile',
  'host',
  'port',
  'publicUrl',
  'repo',
  'sandbox',
  'provider',
  'model',
] as const satisfies readonly (keyof Flags)[];

/** The configuration in force for this call. Throws ConfigError. */
export function configOf({ io, options }: Invocation): { config: Config; sources: Sources } {
  const given = options as Flags;
  const flags = Object.fromEntries(FLAGS.map((name) => [name, given[name]]));
  return loadConfig({ env: io.env, flags, cwd: io.cwd });
}

/** The Temporal server that a part on its own works with. Throws a Refusal when none is named. */
export function namedTemporal(config: Config, { io }: Invocation): TemporalTarget {
  const target = connectTemporal(config, io.env);
  if (target !== null) return target;
  throw new Refusal(
    'Name a Temporal server by TEMPORAL_ADDRESS, TEMPORAL_PROFILE or --temporal-profile. "tutti up" runs one itself.',
  );
}

/** The same flags again, for a process of ours that is started to do a part. */
export const flagsAgain = ({ options }: Invocation, names: readonly (keyof Flags)[]): string[] =>
  names.flatMap((name) => {
    const value = (options as Flags)[name];
    return value === undefined
      ? []
      : [`--${name.replace(/[A-Z]/g, (one) => `-${one.toLowerCase()}`)}`, String(value)];
  });
