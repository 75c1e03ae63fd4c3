import { readdir } from 'node:fs/promises';
import type { Sha } from '../../domain/ids.ts';
import { git } from '../../store/git.ts';
import { pinned } from './worktree-place.ts';
import type { Worktree } from './worktree-place.ts';

/** Whether what `git add` said is about a repository inside the worktree. */
export const mentionsNested = (said: string): boolean =>
  said.includes('adding embedded git repository') || said.includes('does not have a commit checked out');

/**
 * Puts the files of repositories that were made inside the worktree into the index, where `git add` puts a mere
 * pointer to their commit, or nothing. Their own `.git` stays out. Answers how many files were added.
 */
export async function addNested(worktree: Worktree, parent: Sha): Promise<number> {
  const options = { ...pinned(worktree), locks: true };
  const pointers = await newPointers(worktree, parent);
  if (pointers.length > 0)
    await git(['update-index', '-z', '--force-remove', '--stdin'], { ...options, input: list(pointers) });
  const roots = [...new Set([...pointers, ...(await untrackedRepositories(worktree))])];
  const files = (await Promise.all(roots.map((root) => filesBelow(worktree.dir, root)))).flat();
  const ignored = new Set(
    split(
      (await git(['check-ignore', '-z', '--stdin'], { ...options, input: list(files), ok: [0, 1] })).stdout,
    ),
  );
  const wanted = files.filter((file) => !ignored.has(file));
  await git(['update-index', '-z', '--add', '--stdin'], { ...options, input: list(wanted) });
  return wanted.length - pointers.length;
}

async function newPointers(worktree: Worktree, parent: Sha): Promise<string[]> {
  const args = ['diff-index', '--cached', '--raw', '-z', '--no-renames', parent];
  const fields = split((await git(args, pinned(worktree))).stdout);
  const pointers: string[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [before, after] = (fields[index] ?? '').slice(1).split(' ');
    if (after === POINTER && before !== POINTER) pointers.push(fields[index + 1] ?? '');
  }
  return pointers;
}

/** A listing of untracked files does not look into a repository: it names its folder, with a slash at the end. */
async function untrackedRepositories(worktree: Worktree): Promise<string[]> {
  const listed = await git(['ls-files', '-o', '--exclude-standard', '-z'], pinned(worktree));
  return split(listed.stdout)
    .filter((path) => path.endsWith('/'))
    .map((path) => path.slice(0, -1));
}

async function filesBelow(dir: string, path: string): Promise<string[]> {
  const folder = Buffer.concat([Buffer.from(`${dir}/`), Buffer.from(path, 'latin1')]);
  const items = await readdir(folder, { withFileTypes: true, encoding: 'buffer' });
  const found = await Promise.all(
    items.map(async (item) => {
      const name = Buffer.from(item.name).toString('latin1');
      if (name.toLowerCase() === '.git') return [];
      if (item.isDirectory()) return filesBelow(dir, `${path}/${name}`);
      return item.isFile() || item.isSymbolicLink() ? [`${path}/${name}`] : [];
    }),
  );
  return found.flat();
}

const POINTER = '160000';

/** Names as bytes, one character each: they need not be text. */
const split = (bytes: Buffer): string[] =>
  bytes
    .toString('latin1')
    .split('\0')
    .filter((name) => name !== '');

const list = (names: readonly string[]): Buffer =>
  Buffer.from(names.map((name) => `${name}\0`).join(''), 'latin1');
