import { rename } from 'node:fs/promises';
import { OrchestratorError } from '../../domain/errors.ts';
import type { Sha } from '../../domain/ids.ts';
import { GitError, git } from '../../store/git.ts';
import { restore } from './worktree-restore.ts';
import { copyInto } from './worktree-ignored.ts';
import {
  fencesOf,
  jobWorktreesDir,
  makeEmpty,
  pinned,
  readMarker,
  worktreeAt,
  writeMarker,
} from './worktree-place.ts';
import type { Fenced, Worktree, WorktreePlace } from './worktree-place.ts';
import { removeFolders } from './worktree-removal.ts';
import { noteSubmodules } from './worktree-submodules.ts';

export { commitWorktree } from './worktree-commit.ts';
export type { CommitRequest, Committed } from './worktree-commit.ts';
export { copyIgnored, ignoredPaths } from './worktree-ignored.ts';
export type { PathList } from './worktree-ignored.ts';
export { fencesOf, worktreeDir } from './worktree-place.ts';
export type { Worktree, WorktreePlace } from './worktree-place.ts';
export { discardChanges } from './worktree-restore.ts';

export interface OpenOptions {
  readonly commit: Sha;
  /** True: bring the files to `commit` even if the marker says they are there. (Default: false) */
  readonly reset?: boolean;
  /** A folder whose files are put into a fresh worktree where it has none of that name: what a setup left. */
  readonly cacheFrom?: string | null;
  /** Ends what earlier fences of this attempt still run here; called before their folder is taken over. */
  readonly endEarlier?: (dirs: readonly string[]) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

export interface Opened extends Worktree {
  /** 'kept': was there already; 'taken': from an earlier fence; 'fresh': a new checkout. */
  readonly how: 'kept' | 'taken' | 'fresh';
}

/**
 * The worktree of this delivery with its files at `commit`. A folder without a marker was left while git changed
 * it, so it is never trusted. Errors: attempt_lost when a later fence has the attempt.
 */
export async function openWorktree(place: WorktreePlace, options: OpenOptions): Promise<Opened> {
  const worktree = worktreeAt(place);
  const fences = await fencesOf(place);
  const later = fences.find(({ fence }) => fence > place.fence);
  if (later !== undefined)
    throw new OrchestratorError('attempt_lost', `fence ${later.fence} has ${worktree.dir} already`);

  if (fences.some(({ fence }) => fence === place.fence)) {
    if (await keep(worktree, options)) return { ...worktree, how: 'kept' };
    await removeFolders([worktree]);
  }
  const earlier = fences.filter(({ fence }) => fence < place.fence);
  if (earlier.length > 0 && (await takeOver(earlier, worktree, options)))
    return { ...worktree, how: 'taken' };
  await checkOut(worktree, options);
  return { ...worktree, how: 'fresh' };
}

/** Removes the attempt's worktrees up to the fence `last`. Whatever runs there must have ended. (Default: all) */
export async function removeWorktree(place: Omit<WorktreePlace, 'fence'>, last = Infinity): Promise<void> {
  const fences = await fencesOf(place);
  await removeFolders(fences.filter(({ fence }) => fence <= last));
}

/** Removes all worktrees of a job on this host. */
export async function removeJobWorktrees(
  place: Pick<WorktreePlace, 'hub' | 'hostDir' | 'jobId'>,
): Promise<void> {
  await removeFolders([{ dir: jobWorktreesDir(place) }]);
}

async function keep(worktree: Worktree, options: OpenOptions): Promise<boolean> {
  const at = await readMarker(worktree);
  if (at === null) return false;
  return (at === options.commit && options.reset !== true) || restored(worktree, options);
}

/** The newest earlier folder becomes ours by its name: who still works under the old one finds nothing there. */
async function takeOver(
  earlier: readonly Fenced[],
  worktree: Worktree,
  options: OpenOptions,
): Promise<boolean> {
  await options.endEarlier?.(earlier.map(({ dir }) => dir));
  const newest = earlier.at(-1);
  let taken = false;
  if (newest !== undefined && (await readMarker(newest)) !== null) {
    await rename(newest.indexFile, worktree.indexFile);
    await rename(newest.dir, worktree.dir);
    taken = await restored(worktree, options);
  }
  await removeFolders([...earlier, ...(taken ? [] : [worktree])]);
  return taken;
}

/** False: git could not make sense of the folder or its index, and a fresh checkout must replace it. */
async function restored(worktree: Worktree, options: OpenOptions): Promise<boolean> {
  try {
    await restore(worktree, options.commit, options.signal);
    return true;
  } catch (error) {
    if (error instanceof GitError) return false;
    throw error;
  }
}

async function checkOut(worktree: Worktree, options: OpenOptions): Promise<void> {
  await makeEmpty(worktree);
  await git(['read-tree', '--reset', '-u', '--no-recurse-submodules', options.commit], {
    ...pinned(worktree),
    config: ['checkout.workers=0', 'index.version=4'],
    locks: true,
    signal: options.signal,
  });
  await noteSubmodules(worktree);
  if (options.cacheFrom !== null && options.cacheFrom !== undefined)
    await copyInto(options.cacheFrom, worktree.dir);
  await writeMarker(worktree, options.commit);
}
