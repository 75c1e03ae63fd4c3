import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { OrchestratorError } from '../../domain/errors.ts';
import { getDocument } from '../../store/documents.ts';
import { openHub } from '../../store/hub.ts';
import { endCommands } from './attempt-worktree.ts';
import { setupFiles } from './setup-cache.ts';
import { copyIgnored, fencesOf, ignoredPaths, openWorktree, removeWorktree } from './worktree.ts';
import { removeFolders } from './worktree-removal.ts';
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
    signal.throwIfAborted();
    await Promise.race([running, once(signal, 'abort')]).catch((error: unknown) => {
      // Its verdict is ours too; what else ended it (its own job was cancelled, say) is not.
      if (error instanceof OrchestratorError) throw error;
    });
    signal.throwIfAborted();
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
  // What a run left that was killed or is frozen: the name of the next one is its own.
  const fence = Date.now();
  const files = setupFiles(deps.hostDir, key);
  const unfinished = `${files}.${fence}`;
  await endCommands((await fencesOf(place)).map(({ dir }) => dir));
  await Promise.all([removeWorktree(place), removeUnfinished(files)]);
  const worktree = await openWorktree({ ...place, fence }, { commit: baseSha, signal });
  try {
    for (const script of plan.setup) {
      const done = await deps.runCommand(worktree, { script, network: true, signal });
      if (done.exitCode !== 0)
        throw new OrchestratorError(
          'setup_failed',
          `setup "${script}" ${endOf(done)}:\n${done.output.slice(-2_000)}`,
        );
    }
    await copyIgnored(worktree.dir, unfinished, await ignoredPaths(worktree));
    await rename(unfinished, files);
  } finally {
    await endCommands([worktree.dir]);
    await removeWorktree(place, fence);
  }
}

async function removeUnfinished(files: string): Promise<void> {
  const dir = path.dirname(files);
  await mkdir(dir, { recursive: true });
  const left = (await readdir(dir)).filter((name) => name.startsWith(`${path.basename(files)}.`));
  await removeFolders(left.map((name) => ({ dir: path.join(dir, name) })));
}

const endOf = (done: { exitCode: number | null; stopped: string | null }): string =>
  done.stopped === null ? `exited with ${done.exitCode}` : `was stopped (${done.stopped})`;
