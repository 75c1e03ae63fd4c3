import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fdatasync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFile,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { deflate, deflateSync, inflate, inflateSync } from 'node:zlib';
import { OrchestratorError } from '../domain/errors.ts';
import type { Sha } from '../domain/ids.ts';
import type { Hub } from './hub.ts';
import { parseCommit, parseStored, parseTree, storedBytes } from './object-format.ts';
import type { Commit, GitObject, TreeItem } from './object-format.ts';
import type { Reading } from './session.ts';
import { sessionOf } from './sessions.ts';

export { EMPTY_TREE, TUTTI, blobObject, commitObject, treeObject } from './object-format.ts';
export type { Author, Commit, CommitParts, GitObject, TreeItem } from './object-format.ts';

/** Makes the objects durable, all at once: a hash may be handed out only after this. */
export async function storeObjects(hub: Hub, objects: readonly GitObject[]): Promise<void> {
  await Promise.all(objects.map((object) => storeLoose(hub, object)));
}

/** Null: the hub has no such object. Over `limit` bytes (64 MB) it is an error. */
export async function readObject(hub: Hub, sha: Sha, limit = OBJECT_LIMIT): Promise<GitObject | null> {
  if (!/^[0-9a-f]{40}$/.test(sha)) throw new OrchestratorError('internal', `"${sha}" is not an object name`);
  return (await readLoose(hub, sha, limit)) ?? (await readPacked(hub, sha, limit));
}

/** Errors: internal when the hub has no such commit. */
export async function readCommit(hub: Hub, sha: Sha): Promise<Commit> {
  return parseCommit((await readExpected(hub, sha, 'commit')).body);
}

export async function readTree(hub: Hub, sha: Sha): Promise<TreeItem[]> {
  return parseTree((await readExpected(hub, sha, 'tree')).body);
}

/** The bytes of the file at `path` of a tree or commit; null where there is none. */
export async function readFileAt(hub: Hub, commitOrTree: Sha, path: string): Promise<Buffer | null> {
  const start = await readObject(hub, commitOrTree);
  let sha = start?.type === 'commit' ? parseCommit(start.body).tree : commitOrTree;
  for (const name of path.split('/')) {
    const folder = await readObject(hub, sha);
    if (folder?.type !== 'tree') return null;
    const item = parseTree(folder.body).find((item) => item.name === name);
    if (item === undefined || item.mode === '160000') return null;
    sha = item.sha;
  }
  const file = await readObject(hub, sha);
  return file?.type === 'blob' ? file.body : null;
}

const OBJECT_LIMIT = 64 * 1024 * 1024;
/** Above this, work moves off the main thread. Below, a thread's round trip takes ten times as long as the work. */
const LARGE = 64 * 1024;
const syncAside = promisify(fdatasync);
const writeAside = promisify(writeFile);
const deflateAside = promisify(deflate) as (data: Buffer, options: { level: number }) => Promise<Buffer>;
const inflateAside = promisify(inflate) as (
  data: Buffer,
  options: { maxOutputLength: number },
) => Promise<Buffer>;

const loosePath = (hub: Hub, sha: Sha): string => join(hub.dir, 'objects', sha.slice(0, 2), sha.slice(2));

async function storeLoose(hub: Hub, object: GitObject): Promise<void> {
  const path = loosePath(hub, object.sha);
  if (existsSync(path)) return;
  const stored = storedBytes(object);
  const packed =
    stored.length > LARGE ? await deflateAside(stored, { level: 1 }) : deflateSync(stored, { level: 1 });
  const draft = join(dirname(path), `tmp_obj_${randomBytes(8).toString('hex')}`);
  const file = openDraft(draft);
  try {
    if (packed.length > LARGE) await writeAside(file, packed);
    else writeFileSync(file, packed);
    await syncAside(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

function openDraft(draft: string): number {
  try {
    return openSync(draft, 'wx', 0o444);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(dirname(draft), { recursive: true });
    return openSync(draft, 'wx', 0o444);
  }
}

async function readLoose(hub: Hub, sha: Sha, limit: number): Promise<GitObject | null> {
  const packed = await readStored(loosePath(hub, sha));
  if (packed === null) return null;
  const bounds = { maxOutputLength: limit + 64 };
  try {
    const stored = packed.length > LARGE ? await inflateAside(packed, bounds) : inflateSync(packed, bounds);
    return parseStored(sha, stored);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(sha, limit);
    throw error;
  }
}

/** Null: there is no such file, or it has just been packed. */
async function readStored(path: string): Promise<Buffer | null> {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return null;
  try {
    return size > LARGE ? await readFile(path) : readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function readPacked(hub: Hub, sha: Sha, limit: number): Promise<GitObject | null> {
  return sessionOf(hub, 'objects').ask(`${sha}\n`, (output): Reading<GitObject | null> => {
    const end = output.indexOf(10);
    if (end < 0) return { atLeast: output.length + 1 };
    const [, type, size] = output.toString('latin1', 0, end).split(' ');
    if (type === 'missing') return { value: null };
    const length = Number(size);
    if (length > limit) throw tooLarge(sha, limit);
    if (output.length < end + length + 2) return { atLeast: end + length + 2 };
    return {
      value: { sha, type: type as GitObject['type'], body: output.subarray(end + 1, end + 1 + length) },
    };
  });
}

async function readExpected(hub: Hub, sha: Sha, type: GitObject['type']): Promise<GitObject> {
  const object = await readObject(hub, sha);
  if (object?.type === type) return object;
  throw new OrchestratorError('internal', `hub ${hub.name} has no ${type} ${sha}`);
}

const tooLarge = (sha: Sha, limit: number): OrchestratorError =>
  new OrchestratorError(
    'internal',
    `object ${sha} is larger than ${limit} bytes, which is the most that is read`,
  );
