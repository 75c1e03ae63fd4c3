import { access } from 'node:fs/promises';
import path from 'node:path';
import { commitWorktree } from '../../src/activities/workspace/worktree.ts';
import type { Committed, Worktree, WorktreePlace } from '../../src/activities/workspace/worktree.ts';
import { fetchBase, resolveSource } from '../../src/store/source.ts';
import { makeRepository, sh, withHub } from './repository.ts';

export interface Setting {
  readonly dir: string;
  readonly base: string;
  readonly place: (fence: number, attempt?: number) => WorktreePlace;
}

export async function withBase(
  files: Record<string, string>,
  use: (setting: Setting) => Promise<void>,
): Promise<void> {
  await withHub(async (hub, dir) => {
    const root = path.join(dir, 'repo');
    await makeRepository(root, files);
    const { source } = await resolveSource({ path: root });
    await fetchBase(hub, source, 'j0');
    const hostDir = path.join(dir, 'hosts/one');
    const place = (fence: number, attempt = 1): WorktreePlace => ({
      hub,
      hostDir,
      jobId: 'j0',
      taskId: 't1',
      attempt,
      fence,
    });
    await use({ dir, base: source.baseSha, place });
  });
}

export const commit = (worktree: Worktree, parent: string): Promise<Committed> =>
  commitWorktree(worktree, { parent, message: 'turn', at: 1_700_000_000_000 });

/** The names in a commit, as git quotes them. */
export const names = (worktree: Worktree, sha: string): Promise<string> =>
  sh(worktree.hub.dir, `git ls-tree -r --format='%(objectmode) %(path)' ${sha}`);

export const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
