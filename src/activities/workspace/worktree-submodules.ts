import { readFile, rm, writeFile } from 'node:fs/promises';
import { git } from '../../store/git.ts';
import { pinned } from './worktree-place.ts';
import type { Worktree } from './worktree-place.ts';

/**
 * Remembers which paths of the index are submodules. Git would run `git status` in a repository that it finds
 * there, with that repository's own configuration, and an agent can put one there.
 */
export async function noteSubmodules(worktree: Worktree): Promise<void> {
  const { stdout } = await git(['ls-files', '-s', '-z'], pinned(worktree));
  const paths: Buffer[] = [];
  for (let at = stdout.indexOf(POINTER); at >= 0; at = stdout.indexOf(POINTER, at + 1)) {
    const end = stdout.indexOf(0, at);
    if (at === 0 || stdout[at - 1] === 0) paths.push(stdout.subarray(stdout.indexOf(9, at) + 1, end + 1));
  }
  if (paths.length > 0) await writeFile(noteOf(worktree), Buffer.concat(paths));
  else await rm(noteOf(worktree), { force: true });
}

/** All files but those of submodules, as a NUL-separated list for `--pathspec-from-file`; null: simply all. */
export async function withoutSubmodules(worktree: Worktree): Promise<Buffer | null> {
  const noted = await readFile(noteOf(worktree), 'latin1').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (noted === null) return null;
  const excluded = noted.split('\0').filter(Boolean);
  return Buffer.from(['.', ...excluded.map((path) => `:(exclude,top,literal)${path}`)].join('\0'), 'latin1');
}

const POINTER = '160000 ';
const noteOf = (worktree: Worktree): string => `${worktree.dir}.links`;
