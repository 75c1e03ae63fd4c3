import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobId, Sha, TaskId } from '../../domain/ids.ts';
import type { GitOptions } from '../../store/git.ts';
import type { Hub } from '../../store/hub.ts';

/** Where a delivery works: `<hostDir>/worktrees/<hub>/<job>/<task>/<attempt>.<fence>`. */
export interface WorktreePlace {
  readonly hub: Hub;
  /** The folder of this host in Tutti's home. */
  readonly hostDir: string;
  readonly jobId: JobId;
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly fence: number;
}

/** The files of one delivery. What git needs beside them lies outside `dir`, where no agent can reach it. */
export interface Worktree {
  readonly hub: Hub;
  readonly dir: string;
  readonly indexFile: string;
  /** Holds the commit that the files are at; missing while git changes them. */
  readonly markerFile: string;
}

/** A worktree that is on disk, with the fence in its name. */
export interface Fenced extends Worktree {
  readonly fence: number;
}

export const jobWorktreesDir = (place: Pick<WorktreePlace, 'hub' | 'hostDir' | 'jobId'>): string =>
  join(place.hostDir, 'worktrees', place.hub.name, place.jobId);

export const worktreeDir = (place: WorktreePlace): string =>
  join(jobWorktreesDir(place), place.taskId, `${place.attempt}.${place.fence}`);

export function worktreeAt(place: WorktreePlace): Worktree {
  const dir = worktreeDir(place);
  return { hub: place.hub, dir, indexFile: `${dir}.index`, markerFile: `${dir}.at` };
}

/** The attempt's worktrees on disk, by rising fence. */
export async function fencesOf(place: Omit<WorktreePlace, 'fence'>): Promise<Fenced[]> {
  const names = await readdir(join(jobWorktreesDir(place), place.taskId)).catch(whenAbsent<string[]>([]));
  const found: Fenced[] = [];
  for (const name of names) {
    const [, attempt, fence] = /^(\d+)\.(\d+)$/.exec(name) ?? [];
    if (Number(attempt) === place.attempt)
      found.push({ ...worktreeAt({ ...place, fence: Number(fence) }), fence: Number(fence) });
  }
  return found.sort((a, b) => a.fence - b.fence);
}

export async function readMarker(worktree: Worktree): Promise<Sha | null> {
  return readFile(worktree.markerFile, 'latin1').catch(whenAbsent(null));
}

export async function writeMarker(worktree: Worktree, commit: Sha): Promise<void> {
  await writeFile(worktree.markerFile, commit);
}

export async function dropMarker(worktree: Worktree): Promise<void> {
  await rm(worktree.markerFile, { force: true });
}

export async function makeEmpty(worktree: Worktree): Promise<void> {
  await rm(worktree.indexFile, { force: true });
  await mkdir(worktree.dir, { recursive: true });
}

export const pinned = (
  worktree: Worktree,
): Pick<GitOptions, 'gitDir' | 'workTree' | 'indexFile' | 'cwd'> => ({
  gitDir: worktree.hub.dir,
  workTree: worktree.dir,
  indexFile: worktree.indexFile,
  cwd: worktree.dir,
});

const whenAbsent =
  <T>(value: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
