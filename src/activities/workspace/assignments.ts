import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { endCommands } from './attempt-worktree.ts';
import { fencesOf, removeWorktree } from './worktree.ts';
import { openHub } from '../../store/hub.ts';
import type { AttemptPlace } from '../steps.ts';
import type { HostId } from '../../domain/ids.ts';
import type { WorkspaceDeps } from '../deps.ts';

/** Each look asks the server about every assignment, and everyone who waits for a place would look. */
const LOOK_EVERY_MS = 10_000;

/**
 * Takes an assignment on this host for an attempt. Over all jobs a host has `limits.tasks`; the files that count them
 * need no owner. Fails while the host is full; Temporal asks again without an event.
 */
export function createFindHost(deps: WorkspaceDeps): (place: AttemptPlace) => Promise<{ host: HostId }> {
  let lookedAt = 0;
  return async (place) => {
    const dir = assignmentsDir(deps);
    mkdirSync(dir, { recursive: true });
    const name = assignmentOf(place);
    // Synchronous up to the file: two that count at the same moment would both take the last place.
    const taken = readdirSync(dir);
    if (!taken.includes(name)) {
      if (taken.length >= deps.limits.tasks) {
        if (Date.now() - lookedAt >= LOOK_EVERY_MS) {
          lookedAt = Date.now();
          await dropAbandoned(deps, taken);
        }
        throw ApplicationFailure.create({
          type: 'host_full',
          message: `host ${deps.host} has ${taken.length} tasks, its limit`,
        });
      }
      writeFileSync(path.join(dir, name), JSON.stringify(place));
    }
    return { host: deps.host };
  };
}

/** Ends what the attempt left running, drops its worktrees and its assignment. What is missing is gone already. */
export async function closeAttempt(deps: WorkspaceDeps, place: AttemptPlace): Promise<void> {
  const { jobId, taskId, attempt } = place;
  const hub = await openHub(deps.hubsDir, place.hub);
  const at = { hub, hostDir: deps.hostDir, jobId, taskId, attempt };
  await endCommands((await fencesOf(at)).map(({ dir }) => dir));
  await removeWorktree(at);
  await rm(path.join(assignmentsDir(deps), assignmentOf(place)), { force: true });
}

/** Attempts whose workflows ended without closing them: terminated, or cancelled just as they came here. */
async function dropAbandoned(deps: WorkspaceDeps, names: readonly string[]): Promise<void> {
  for (const name of names) if (!(await deps.isOpen(`task:${name}`))) await abandon(deps, name);
}

async function abandon(deps: WorkspaceDeps, name: string): Promise<void> {
  const file = path.join(assignmentsDir(deps), name);
  // Unreadable: who wrote it died over it, and made no worktree.
  const place = await readFile(file, 'utf8')
    .then((text) => JSON.parse(text) as AttemptPlace)
    .catch(() => null);
  if (place !== null) await closeAttempt(deps, place);
  await rm(file, { force: true });
}

const assignmentsDir = (deps: WorkspaceDeps): string => path.join(deps.hostDir, 'assignments');

/** The attempt's workflow id without its prefix. */
const assignmentOf = ({ jobId, taskId, attempt }: AttemptPlace): string => `${jobId}:${taskId}:${attempt}`;
