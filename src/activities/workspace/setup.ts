import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { OrchestratorError } from '../../domain/errors.ts';
import { getDocument } from '../../store/documents.ts';
import { openHub } from '../../store/hub.ts';
import { endCommands } from './attempt-worktree.ts';
import { setupFiles } from './setup-cache.ts';
import { copyIgnored, ignoredPaths, openWorktree, removeWorktree } from './worktree.ts';
import type { HostStep } from '../steps.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RunCommand } from './commands.ts';
import type { Sha } from '../../domain/ids.ts';
import type { WorkspaceDeps } from '../deps.ts';

/** Setups under way in this process, the only one of its host: a second job waits for the first's. */
const underWay = new Map<string, Promise<void>>();

/**
 * Makes sure that the plan's setup has run on this host for the job's base commit: with network, in a checkout of its
 * own. What it leaves in ignored paths is kept; changes to tracked files are dropped with the checkout.
 */
export async function ensureSetup(
  deps: WorkspaceDeps & { readonly runCommand: RunCommand },
  step: HostStep & { readonly planSha: Sha },
  baseSha: Sha,
  signal: AbortSignal,
): Promise<void> {
  const key = step.setupKey;
  if (key === null || existsSync(setupFiles(deps.hostDir, key))) return;
  const running = underWay.get(key);
  if (running) {
    await running.catch(() => {});
    return ensureSetup(deps, step, baseSha, signal);
  }
  const run = runSetup(deps, step, key, baseSha, signal).finally(() => underWay.delete(key));
  underWay.set(key, run);
  await run;
}

async function runSetup(
  deps: WorkspaceDeps & { readonly runCommand: RunCommand },
  step: HostStep & { readonly planSha: Sha },
  key: string,
  baseSha: Sha,
  signal: AbortSignal,
): Promise<void> {
  const hub = await openHub(deps.hubsDir, step.place.hub);
  const plan = (await getDocument(hub, step.planSha)) as Plan;
  const place = { hub, hostDir: deps.hostDir, jobId: step.place.jobId, taskId: 'setup', attempt: 1 };
  await removeWorktree(place);
  const worktree = await openWorktree(
    { ...place, fence: 1 },
    { commit: baseSha, endEarlier: endCommands, signal },
  );
  try {
    for (const script of plan.setup) {
      const done = await deps.runCommand(worktree, { script, network: true, signal });
      if (done.exitCode !== 0)
        throw new OrchestratorError(
          'setup_failed',
          `setup "${script}" ${endOf(done)}:\n${done.output.slice(-2_000)}`,
        );
    }
    const files = setupFiles(deps.hostDir, key);
    const unfinished = `${files}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    await copyIgnored(worktree.dir, unfinished, await ignoredPaths(worktree));
    await rename(unfinished, files);
  } finally {
    await endCommands([worktree.dir]);
    await removeWorktree(place);
  }
}

const endOf = (done: { exitCode: number | null; stopped: string | null }): string =>
  done.stopped === null ? `exited with ${done.exitCode}` : `was stopped (${done.stopped})`;
