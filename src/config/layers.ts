import { ConfigError } from './error.ts';
import { KEYS } from './keys.ts';
import { nearest } from '../domain/nearest.ts';
import type { Env } from '../home.ts';
import type { FileLayer } from './file.ts';
import type { ConfigFlag, ConfigKey, ConfigValues } from './keys.ts';
import type { z } from 'zod';

export type Flags = Readonly<Partial<Record<ConfigFlag, string | number | undefined>>>;

/** Where each value comes from: `flag --port`, `env TUTTI_PORT`, `file …/tutti.yaml:3` or `default`. */
export type Sources = Record<ConfigKey, string>;

/** Every key's value by the first layer that has it. Throws ConfigError with all that is wrong. */
export function resolveLayers(layers: { flags: Flags; env: Env; file: FileLayer | null }): {
  values: ConfigValues;
  sources: Sources;
} {
  const problems: string[] = [...(layers.file?.problems ?? [])];
  const values: Partial<Record<ConfigKey, unknown>> = {};
  const sources: Partial<Sources> = {};
  for (const name of Object.keys(KEYS) as ConfigKey[]) {
    const given = firstOf(name, layers);
    sources[name] = given?.source ?? 'default';
    const parsed = given && KEYS[name].schema.safeParse(given.value);
    if (parsed?.success === false)
      problems.push(
        ...parsed.error.issues.map((issue) => `${given?.place(pathOf(issue))}: ${explain(name, issue)}`),
      );
    values[name] = parsed === undefined ? KEYS[name].fallback : parsed.data;
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { values: values as ConfigValues, sources: sources as Sources };
}

interface Given {
  readonly value: unknown;
  readonly source: string;
  readonly place: (within: readonly PropertyKey[]) => string;
}

function firstOf(
  name: ConfigKey,
  { flags, env, file }: Parameters<typeof resolveLayers>[0],
): Given | undefined {
  const { flag, env: variable } = KEYS[name];
  const flagged = flag && flags[flag];
  if (flag !== undefined && flagged !== undefined) {
    const source = `flag --${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return {
      value: typeof flagged === 'string' ? fromText(name, flagged) : flagged,
      source,
      place: () => source,
    };
  }
  const set = variable && env[variable];
  if (set) {
    const source = `env ${variable}`;
    return { value: fromText(name, set), source, place: () => source };
  }
  if (!file?.values.has(name)) return undefined;
  const value = file.values.get(name);
  return {
    value: value === 'none' && name === 'limits.usd_per_day' ? null : value,
    source: `file ${file.placeOf(name)}`,
    place: (within) => file.placeOf(name, within),
  };
}

/** Flags and variables are texts; of the keys that they can set, `port` alone is a number. */
const fromText = (name: ConfigKey, value: string): unknown =>
  name === 'port' && /^\d+$/.test(value) ? Number(value) : value;

/** Where the trouble is: for an unknown key, at that key. */
const pathOf = (issue: z.core.$ZodIssue): PropertyKey[] =>
  issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;

function explain(name: ConfigKey, issue: z.core.$ZodIssue): string {
  const where = [name, ...issue.path.map(String)].join('.');
  if (issue.code !== 'unrecognized_keys') return `${where}: ${issue.message}`;
  return issue.keys
    .map((unknown) => {
      const close = nearest(unknown, MODEL_KEYS);
      return `unknown key "${where}.${unknown}"${close ? `; did you mean "${close}"?` : ''}`;
    })
    .join('; ');
}

const MODEL_KEYS = Object.keys(KEYS.models.schema.valueType.shape);
