import { rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { OrchestratorError } from '../domain/errors.ts';
import type { JobId } from '../domain/ids.ts';
import type { Source } from '../domain/spec.ts';
import { jobRefs } from './attempt-refs.ts';
import { GitError, git } from './git.ts';
import type { Hub } from './hub.ts';
import { readObject } from './objects.ts';
import { moveRefs, readRef } from './refs.ts';
import type { RefMove } from './refs.ts';
import { unusable } from './source-request.ts';

/**
 * Brings exactly `baseSha` into the hub and sets the job's refs `base` and `integration` where they are missing.
 * Nothing is written in the source. Errors: repository_unusable, repository_unreachable (worth another try).
 */
export async function fetchBase(hub: Hub, source: Source, job: JobId, signal?: AbortSignal): Promise<void> {
  await inTurn(hub, async () => {
    // A pack arrives whole or not at all, so the commit's presence says that all it needs is there.
    if ((await readObject(hub, source.baseSha)) !== null) return;
    await holdingLock(hub, () => fetchCommit(hub, source, signal));
  });
  const refs = jobRefs(job);
  const missing: RefMove[] = [];
  for (const ref of [refs.base, refs.integration])
    if ((await readRef(hub, ref)) === null) missing.push({ ref, to: source.baseSha, from: null });
  if (missing.length > 0) await moveRefs(hub, missing);
}

/** Runs the source's own git with nothing of its configuration that could refuse a bare hash or run a program. */
export const UPLOAD_PACK =
  "--upload-pack=git -c safe.directory='*' -c core.hooksPath=/dev/null -c core.fsmonitor=false -c uploadpack.allowAnySHA1InWant=true upload-pack";

/** One fetch of a hub at a time in this process: those that waited mostly find their commit there. */
async function inTurn(hub: Hub, work: () => Promise<void>): Promise<void> {
  const turn = (turns.get(hub.dir) ?? Promise.resolve()).then(work, work);
  turns.set(hub.dir, turn);
  await turn;
}

const turns = new Map<string, Promise<void>>();

/**
 * Git locks the list of shallow commits with a file that a killed fetch leaves behind for ever. Ours is kept young
 * while it is held, over all processes, so that an old one is nobody's.
 */
async function holdingLock(hub: Hub, work: () => Promise<void>): Promise<void> {
  const lock = join(hub.dir, 'shallow.lock');
  const found = await stat(lock).catch(() => null);
  if (found !== null && Date.now() - found.mtimeMs > LOCK_OLD_MS) await rm(lock, { force: true });
  const beat = setInterval(() => void utimes(lock, new Date(), new Date()).catch(() => {}), LOCK_BEAT_MS);
  try {
    await work();
  } finally {
    clearInterval(beat);
  }
}

const LOCK_BEAT_MS = 5_000;
const LOCK_OLD_MS = 60_000;

async function fetchCommit(hub: Hub, source: Source, signal: AbortSignal | undefined): Promise<void> {
  const from = source.kind === 'url' ? source.url : source.path;
  const args = [
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-auto-maintenance',
    '--no-recurse-submodules',
    // Nobody looks at what came before the base, and a long history is most of a repository's bytes.
    '--depth=1',
    '--update-shallow',
    ...(source.kind === 'url' ? [] : [UPLOAD_PACK]),
    '--',
    from,
    source.baseSha,
  ];
  const config = ['fetch.unpackLimit=1', 'http.lowSpeedLimit=1000', 'http.lowSpeedTime=30'];
  await git(args, { gitDir: hub.dir, config, signal }).catch((error: unknown) => {
    if (!(error instanceof GitError)) throw error;
    if (/not our ref|no such remote ref|bad object|couldn't find remote ref/i.test(error.stderr))
      throw unusable('base', `${from} has no commit ${source.baseSha} any more`, error);
    const reason = error.stderr.trim().split('\n').at(-1) ?? '';
    throw new OrchestratorError('repository_unreachable', `${from} cannot be fetched from: ${reason}`, {
      cause: error,
    });
  });
}
