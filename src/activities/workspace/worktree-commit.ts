import type { Instant, Sha } from '../../domain/ids.ts';
import { GitError, git, gitText } from '../../store/git.ts';
import type { GitResult } from '../../store/git.ts';
import { commitObject, readCommit, storeObjects } from '../../store/objects.ts';
import type { Author } from '../../store/objects.ts';
import { addNested, mentionsNested } from './worktree-nested.ts';
import { pinned, readMarker, writeMarker } from './worktree-place.ts';
import type { Worktree } from './worktree-place.ts';
import { withoutSubmodules } from './worktree-submodules.ts';

export interface CommitRequest {
  readonly parent: Sha;
  readonly message: string;
  readonly at: Instant;
  /** (Default: Tutti itself) */
  readonly author?: Author;
}

export interface Committed {
  /** The parent when nothing changed. */
  readonly commit: Sha;
  readonly tree: Sha;
  readonly changed: boolean;
  /** How many files were added, changed or removed. */
  readonly files: number;
  /** What git could not take, in its words (an unreadable file, a name such as `.GIT`). */
  readonly problems: readonly string[];
}

/** Commits all files that are not ignored on top of `parent`; no ref moves. Submodules stay as they were. */
export async function commitWorktree(worktree: Worktree, request: CommitRequest): Promise<Committed> {
  const [added, at, parent] = await Promise.all([
    addAll(worktree),
    readMarker(worktree),
    readCommit(worktree.hub, request.parent),
  ]);
  const nested = mentionsNested(added.stderr) ? await addNested(worktree, request.parent) : 0;
  const files = nested + added.stdout.toString('latin1').split('\n').filter(isChange).length;
  const problems = added.stderr.split('\n').filter(isProblem);
  const unchanged = { commit: request.parent, tree: parent.tree, changed: false, files: 0, problems };
  if (files === 0 && at === request.parent) return unchanged;

  const tree = await gitText(['write-tree'], { ...pinned(worktree), locks: true });
  const commit =
    tree === parent.tree
      ? null
      : commitObject({
          tree,
          parents: [request.parent],
          message: request.message,
          at: request.at,
          ...(request.author === undefined ? {} : { author: request.author }),
        });
  if (commit !== null) await storeObjects(worktree.hub, [commit]);
  await writeMarker(worktree, commit?.sha ?? request.parent);
  return commit === null ? unchanged : { commit: commit.sha, tree, changed: true, files, problems };
}

async function addAll(worktree: Worktree): Promise<GitResult> {
  const input = await withoutSubmodules(worktree);
  const paths = input === null ? [] : ['--pathspec-from-file=-', '--pathspec-file-nul'];
  const add = (): Promise<GitResult> =>
    git(['add', '-A', '--verbose', '--ignore-errors', ...paths], {
      ...pinned(worktree),
      ...(input === null ? {} : { input }),
      config: ['index.version=4', 'advice.addEmbeddedRepo=false', 'core.safecrlf=false'],
      locks: true,
      ok: [0, 1],
    });
  return add().catch((error: unknown) => {
    // A file that vanished under git, such as one that a dying process removed.
    if (error instanceof GitError && error.stderr.includes('unable to stat')) return add();
    throw error;
  });
}

const isChange = (line: string): boolean => line.startsWith("add '") || line.startsWith("remove '");

const isProblem = (line: string): boolean =>
  (line.startsWith('error: ') || line.startsWith('fatal: ')) && !mentionsNested(line);
