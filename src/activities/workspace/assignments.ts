import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { endCommands } from './attempt-worktree.ts';
import { removeWorktree, worktreeDir } from './worktree.ts';
import { openHub } from '../../store/hub.ts';
import type { AttemptPlace, HostStep } from '../steps.ts';
import type { HostId } from '../../domain/ids.ts';
import type { WorkspaceDeps } from '../deps.ts';

/**
 * Takes an assignment on this host for an attempt. Over all jobs a host has `limits.tasks`; the files that count them
 * need no owner. Fails while the host is full; Temporal asks again without an event.
 */
export async function findHost(deps: WorkspaceDeps, place: AttemptPlace): Promise<{ host: HostId }> {
  const dir = assignmentsDir(deps);
  await mkdir(dir, { recursive: true });
  const name = assignmentOf(place);
  const taken = await readdir(dir);
  if (!taken.includes(name)) {
    if (taken.length >= deps.limits.tasks) {
      await dropAbandoned(deps, taken);
      throw ApplicationFailure.create({
        type: 'host_full',
        message: `host ${deps.host} has ${taken.length} tasks, its limit`,
      });
    }
    await writeFile(path.join(dir, name), JSON.stringify(place));
  }
  return { host: deps.host };
}

/** Ends what the attempt left running, drops its worktrees and its assignment. What is missing is gone already. */
export async function closeAttempt(deps: WorkspaceDeps, { place, fence }: HostStep): Promise<void> {
  const { jobId, taskId, attempt } = place;
  const hub = await openHub(deps.hubsDir, place.hub);
  const at = { hub, hostDir: deps.hostDir, jobId, taskId, attempt };
  const fences = Array.from({ length: fence }, (_, index) => worktreeDir({ ...at, fence: index + 1 }));
  await endCommands(fences);
  await removeWorktree(at);
  await rm(path.join(assignmentsDir(deps), assignmentOf(place)), { force: true });
}

async function dropAbandoned(deps: WorkspaceDeps, names: readonly string[]): Promise<void> {
  for (const name of names)
    if (!(await deps.isOpen(`task:${name}`)))
      await rm(path.join(assignmentsDir(deps), name), { force: true });
}

const assignmentsDir = (deps: WorkspaceDeps): string => path.join(deps.hostDir, 'assignments');

/** The attempt's workflow id without its prefix. */
const assignmentOf = ({ jobId, taskId, attempt }: AttemptPlace): string => `${jobId}:${taskId}:${attempt}`;
