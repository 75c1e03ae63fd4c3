import { existsSync } from 'node:fs';
import { openHub } from '../../store/hub.ts';
import { pidFileOf } from './commands.ts';
import { killRecorded } from './sandbox/pid-file.ts';
import { setupFiles } from './setup-cache.ts';
import { openWorktree } from './worktree.ts';
import type { HostStep } from '../steps.ts';
import type { Hub } from '../../store/hub.ts';
import type { Opened } from './worktree.ts';
import type { Sha } from '../../domain/ids.ts';
import type { WorkspaceDeps } from '../deps.ts';

/**
 * The worktree of a step's delivery, at `commit`, with what the setup left. Commands of earlier deliveries are ended
 * before their folder is taken over.
 */
export async function openAttemptWorktree(
  deps: WorkspaceDeps,
  step: HostStep,
  commit: Sha,
  signal: AbortSignal,
): Promise<{ hub: Hub; worktree: Opened }> {
  const { jobId, taskId, attempt } = step.place;
  const hub = await openHub(deps.hubsDir, step.place.hub);
  const cache = step.setupKey === null ? null : setupFiles(deps.hostDir, step.setupKey);
  const worktree = await openWorktree(
    { hub, hostDir: deps.hostDir, jobId, taskId, attempt, fence: step.fence },
    {
      commit,
      cacheFrom: cache !== null && existsSync(cache) ? cache : null,
      endEarlier: endCommands,
      signal,
    },
  );
  return { hub, worktree };
}

/** Ends what still runs in these worktrees. */
export async function endCommands(worktreeDirs: readonly string[]): Promise<void> {
  await Promise.all(worktreeDirs.map((dir) => killRecorded(pidFileOf(dir))));
}
