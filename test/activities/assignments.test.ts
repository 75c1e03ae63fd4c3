import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { closeAttempt, createFindHost } from '../../src/activities/workspace/assignments.ts';
import { openAttemptWorktree } from '../../src/activities/workspace/attempt-worktree.ts';
import { isThere, withBase } from '../support/worktree.ts';
import type { AttemptPlace } from '../../src/activities/steps.ts';
import type { WorkspaceDeps } from '../../src/activities/deps.ts';

const attemptOf = (hub: string, number: number): AttemptPlace => ({
  hub,
  jobId: 'j0',
  taskId: `t${number}`,
  attempt: 1,
});

const depsIn = (dir: string, isOpen: WorkspaceDeps['isOpen']): WorkspaceDeps => ({
  hubsDir: path.join(dir, 'hubs'),
  hostDir: path.join(dir, 'hosts/one'),
  host: 'one',
  sandbox: { unavailable: 'no command is run here' },
  limits: { tasks: 2, commands: 1, commandSeconds: 1, memoryMb: 1 },
  author: { name: 'Tutti', email: 'tutti@localhost' },
  isOpen,
});

test('a host takes as many assignments as it may, also when all come at once, and the same one twice', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'tutti-assignments-'));
  try {
    const deps = depsIn(dir, async () => true);
    const findHost = createFindHost(deps);
    const asked = Array.from({ length: 20 }, (_, number) => findHost(attemptOf('hub', number)));
    const taken = (await Promise.allSettled(asked)).filter(({ status }) => status === 'fulfilled');
    expect(taken).toHaveLength(2);
    expect(await readdir(path.join(deps.hostDir, 'assignments'))).toEqual(['j0:t0:1', 'j0:t1:1']);
    expect(await findHost(attemptOf('hub', 1))).toEqual({ host: 'one' });
    await expect(findHost(attemptOf('hub', 2))).rejects.toMatchObject({ type: 'host_full' });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test('a full host drops what attempts left whose workflows are gone: assignment, worktree and all', () =>
  withBase({ 'a.txt': 'a\n' }, async ({ base, dir, place }) => {
    const gone = attemptOf(place(1).hub.name, 1);
    const deps = depsIn(dir, async (workflowId) => workflowId !== 'task:j0:t1:1');
    const findHost = createFindHost(deps);
    await findHost(gone);
    const step = { place: gone, fence: 1, baseSha: base, network: 'none', setupKey: null } as const;
    const { worktree } = await openAttemptWorktree(deps, step, base, new AbortController().signal);
    await writeFile(path.join(deps.hostDir, 'assignments/j0:t2:1'), '');
    await expect(findHost(attemptOf(gone.hub, 3))).rejects.toMatchObject({ type: 'host_full' });
    expect(await isThere(worktree.dir)).toBe(false);
    expect(await findHost(attemptOf(gone.hub, 3))).toEqual({ host: 'one' });
    await closeAttempt(deps, attemptOf(gone.hub, 3));
    expect(await readdir(path.join(deps.hostDir, 'assignments'))).toEqual(['j0:t2:1']);
  }));
