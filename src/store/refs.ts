import { readFileSync, statSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OrchestratorError } from '../domain/errors.ts';
import type { Sha } from '../domain/ids.ts';
import type { Hub } from './hub.ts';
import { transact } from './ref-transaction.ts';
import type { RefMove } from './ref-transaction.ts';

export type { RefMove } from './ref-transaction.ts';

/** Null: there is no such ref. Costs one small file, no process. */
export async function readRef(hub: Hub, ref: string): Promise<Sha | null> {
  checkName(ref);
  return readLoose(hub, ref) ?? (await packedRefs(hub)).get(ref) ?? null;
}

/** All refs below `prefix` (which ends in a slash), sorted by name. */
export async function listRefs(hub: Hub, prefix: string): Promise<{ ref: string; sha: Sha }[]> {
  checkName(`${prefix}x`);
  const found = new Map<string, Sha>();
  // Loose before packed: packing writes the packed file first, so that nothing is missed in between.
  const loose = await looseNames(join(hub.dir, prefix), prefix);
  const values = loose.map((ref) => ({ ref, sha: readLoose(hub, ref) }));
  for (const [ref, sha] of await packedRefs(hub)) if (ref.startsWith(prefix)) found.set(ref, sha);
  for (const { ref, sha } of values) if (sha !== null) found.set(ref, sha);
  return [...found].map(([ref, sha]) => ({ ref, sha })).sort((a, b) => (a.ref < b.ref ? -1 : 1));
}

/**
 * One transaction: all move or none. 'moved': every ref is at its `to` now, also when someone else brought them
 * all there; 'lost': at least one was not where its `from` says. Errors: GitError, such as for a hash without object.
 */
export async function moveRefs(hub: Hub, moves: readonly RefMove[]): Promise<'moved' | 'lost'> {
  for (const move of moves) checkName(move.ref);
  return transact(hub, moves, () => Promise.all(moves.map((move) => readRef(hub, move.ref))));
}

function checkName(ref: string): void {
  if (!/^refs(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$/.test(ref) || ref.includes('..') || ref.endsWith('.lock'))
    throw new OrchestratorError('internal', `"${ref}" is not the name of a ref`);
}

/** Synchronous: a file of one line is read in microseconds, a thread's round trip takes ten times as long. */
function readLoose(hub: Hub, ref: string): Sha | null {
  try {
    return readFileSync(join(hub.dir, ref), 'latin1').trimEnd();
  } catch (error) {
    return whenAbsent(null)(error as NodeJS.ErrnoException);
  }
}

async function looseNames(dir: string, prefix: string): Promise<string[]> {
  const items = await readdir(dir, { withFileTypes: true }).catch(whenAbsent([]));
  const names = await Promise.all(
    items.map(async (item) => {
      if (item.isDirectory()) return looseNames(join(dir, item.name), `${prefix}${item.name}/`);
      return item.name.endsWith('.lock') ? [] : [`${prefix}${item.name}`];
    }),
  );
  return names.flat();
}

interface Packed {
  readonly stamp: string;
  readonly refs: ReadonlyMap<string, Sha>;
}

const packedCache = new Map<string, Packed>();

async function packedRefs(hub: Hub): Promise<ReadonlyMap<string, Sha>> {
  const path = join(hub.dir, 'packed-refs');
  const facts = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (facts === undefined) return new Map();
  const stamp = `${facts.ino} ${facts.size} ${facts.mtimeNs}`;
  const known = packedCache.get(path);
  if (known?.stamp === stamp) return known.refs;
  const refs = new Map<string, Sha>();
  for (const line of (await readFile(path, 'latin1').catch(whenAbsent(''))).split('\n')) {
    const [, sha, ref] = /^([0-9a-f]{40}) (.+)$/.exec(line) ?? [];
    if (sha !== undefined && ref !== undefined) refs.set(ref, sha);
  }
  packedCache.set(path, { stamp, refs });
  return refs;
}

/** For a path that may not be there, or whose parent is a ref itself or has become a folder. */
const whenAbsent =
  <T>(value: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EISDIR') return value;
    throw error;
  };
