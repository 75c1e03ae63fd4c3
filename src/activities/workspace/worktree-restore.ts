import type { Sha } from '../../domain/ids.ts';
import { git } from '../../store/git.ts';
import { dropMarker, pinned, writeMarker } from './worktree-place.ts';
import type { Worktree } from './worktree-place.ts';
import { noteSubmodules } from './worktree-submodules.ts';

/** Brings the files back to `commit`; ignored files stay. Answers whether there was something to discard. */
export async function discardChanges(worktree: Worktree, commit: Sha): Promise<boolean> {
  const { stdout } = await git(['ls-files', '-m', '-o', '--exclude-standard', '-z'], pinned(worktree));
  if (stdout.length === 0) return false;
  await restore(worktree, commit);
  return true;
}

/** Makes the tracked files those of `commit` and removes untracked ones, nested repositories included. */
export async function restore(worktree: Worktree, commit: Sha, signal?: AbortSignal): Promise<void> {
  const options = { ...pinned(worktree), locks: true, signal };
  await dropMarker(worktree);
  await git(['read-tree', '--reset', '-u', '--no-recurse-submodules', commit], options);
  await git(['clean', '-ffdq'], options);
  await noteSubmodules(worktree);
  await writeMarker(worktree, commit);
}
