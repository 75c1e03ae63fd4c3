import { readFileSync } from 'node:fs';
import { LineCounter, isMap, isNode, parseDocument } from 'yaml';
import { KEYS } from './keys.ts';
import { nearest } from '../domain/nearest.ts';
import type { ConfigKey } from './keys.ts';
import type { Document } from 'yaml';

/** What a file says, by key, each with its own way of naming a place in the file. */
export interface FileLayer {
  readonly values: ReadonlyMap<ConfigKey, unknown>;
  /** `tutti.yaml:12`, or the file alone where the line is not known. */
  readonly placeOf: (key: ConfigKey, within?: readonly PropertyKey[]) => string;
  /** Everything that is no key, in words. */
  readonly problems: readonly string[];
}

/** Reads a configuration file; null when there is none. Its values are not checked yet. */
export function readConfigFile(file: string): FileLayer | null {
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number | undefined) =>
    offset === undefined ? file : `${file}:${lines.linePos(offset).line}`;
  const broken = document.errors.map((error) => `${place(error.pos[0])}: ${error.message}`);
  const { values, problems } =
    broken.length > 0 ? { values: new Map(), problems: broken } : flatten(document, place);
  return {
    values,
    placeOf: (key, within = []) => place(offsetOf(document, [...key.split('.'), ...within])),
    problems,
  };
}

type Place = (offset: number | undefined) => string;

const NAMES = Object.keys(KEYS) as ConfigKey[];
const GROUPS = new Set(NAMES.filter((name) => name.includes('.')).map((name) => name.split('.')[0] ?? ''));

function flatten(document: Document, place: Place): { values: Map<ConfigKey, unknown>; problems: string[] } {
  const values = new Map<ConfigKey, unknown>();
  const problems: string[] = [];
  const read = (node: unknown, prefix: string) => {
    if (!isMap(node)) {
      problems.push(`${place(startOf(node))}: ${prefix === '' ? 'the file' : prefix} must be a map of keys`);
      return;
    }
    for (const pair of node.items) {
      const name = prefix === '' ? keyText(pair.key) : `${prefix}.${keyText(pair.key)}`;
      if (isKey(name)) values.set(name, isNode(pair.value) ? pair.value.toJS(document) : pair.value);
      else if (prefix === '' && GROUPS.has(name)) read(pair.value, name);
      else problems.push(`${place(startOf(pair.key))}: ${unknownKey(name)}`);
    }
  };
  if (document.contents !== null) read(document.contents, '');
  return { values, problems };
}

function unknownKey(name: string): string {
  const close = nearest(name, NAMES) ?? NAMES.find((known) => known.endsWith(`.${name}`));
  return `unknown key "${name}"${close ? `; did you mean "${close}"?` : `; known are ${NAMES.join(', ')}`}`;
}

const isKey = (name: string): name is ConfigKey => Object.hasOwn(KEYS, name);
const keyText = (key: unknown) => String(isNode(key) ? key.toJSON() : key);
const startOf = (node: unknown) => (isNode(node) ? node.range?.[0] : undefined);

function offsetOf(document: Document, keys: readonly PropertyKey[]): number | undefined {
  for (let length = keys.length; length > 0; length--) {
    const offset = startOf(document.getIn(keys.slice(0, length), true));
    if (offset !== undefined) return offset;
  }
  return undefined;
}
