import type { Instant, JobId, Sha } from '../domain/ids.ts';
import { jobRefs } from './attempt-refs.ts';
import { GitError, git } from './git.ts';
import type { Hub } from './hub.ts';
import { commitObject, storeObjects } from './objects.ts';
import type { Author } from './objects.ts';
import { moveRefs } from './refs.ts';

export type Merged =
  | { readonly clean: true; readonly tree: Sha }
  /** `tree` holds the conflicted files with markers. */
  | { readonly clean: false; readonly tree: Sha; readonly conflicts: readonly string[] };

export interface MergedCommit {
  readonly tree: Sha;
  readonly parent: Sha;
  readonly author: Author;
  readonly message: string;
  /** Such as `Tutti-Job`: one line each below the message. */
  readonly trailers: Readonly<Record<string, string>>;
  readonly at: Instant;
}

/** Merges two commits without a worktree, from their common ancestor. */
export async function mergeTrees(hub: Hub, ours: Sha, theirs: Sha): Promise<Merged> {
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ours, theirs];
  const { code, stdout, stderr } = await git(args, { gitDir: hub.dir, ok: [0, 1] });
  const [tree = '', ...names] = stdout.toString().split('\0');
  // Git ends with 1 for a conflict and for a commit that it does not find.
  if (tree === '') throw new GitError(args, code, stderr);
  if (code === 0) return { clean: true, tree };
  return { clean: false, tree, conflicts: [...new Set(names.filter((name) => name !== ''))] };
}

/** The files between two commits into which `mergeTrees` wrote conflict markers that are still there. */
export async function filesWithMarkers(hub: Hub, from: Sha, to: Sha): Promise<string[]> {
  const args = ['diff-tree', '-r', '-z', '--name-only', '--diff-filter=d', '-G^<{7} [0-9a-f]{40}$', from, to];
  const { stdout } = await git(args, { gitDir: hub.dir });
  return stdout
    .toString()
    .split('\0')
    .filter((name) => name !== '');
}

export async function commitMerged(hub: Hub, parts: MergedCommit): Promise<Sha> {
  const trailers = Object.entries(parts.trailers).map(([name, value]) => `${name}: ${value}`);
  const commit = commitObject({
    tree: parts.tree,
    parents: [parts.parent],
    message: [parts.message.trimEnd(), '', ...trailers].join('\n'),
    at: parts.at,
    author: parts.author,
  });
  await storeObjects(hub, [commit]);
  return commit.sha;
}

export async function advanceIntegration(
  hub: Hub,
  job: JobId,
  from: Sha,
  to: Sha,
): Promise<'moved' | 'lost'> {
  return moveRefs(hub, [{ ref: jobRefs(job).integration, to, from }]);
}

/** Whether `older` is `newer` or one of its ancestors. */
export async function isAncestor(hub: Hub, older: Sha, newer: Sha): Promise<boolean> {
  if (older === newer) return true;
  const { code } = await git(['merge-base', '--is-ancestor', older, newer], { gitDir: hub.dir, ok: [0, 1] });
  return code === 0;
}
