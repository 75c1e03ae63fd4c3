import { callModel } from './agents/call-model.ts';
import { openAttempt } from './agents/open-attempt.ts';
import { runTools } from './agents/run-tools.ts';
import { atEdge } from './edge.ts';
import { accountAttempt } from './job/account-attempt.ts';
import { archiveJob } from './job/archive-job.ts';
import { dropJob } from './job/drop-job.ts';
import { openJob } from './job/open-job.ts';
import { saveEvents } from './job/save-events.ts';
import { checkTask } from './verification/check-task.ts';
import { integrate } from './verification/integrate.ts';
import { verifyJob } from './verification/verify-job.ts';
import { closeAttempt, createFindHost } from './workspace/assignments.ts';
import { createRunCommand } from './workspace/commands.ts';
import { ensureSetup } from './workspace/setup.ts';
import type { EngineDeps, WorkspaceDeps } from './deps.ts';
import type { EngineSteps, HostSteps, WorkspaceSteps } from './steps.ts';

/** Steps of workers with keys and no shell. */
export function createEngineSteps(deps: EngineDeps): EngineSteps {
  return { callModel: atEdge((call, signal) => callModel(deps, call, signal)) };
}

/** Steps of workers with a shell and no keys: those that any host can do, and those of this host's worktrees. */
export function createWorkspaceSteps(given: WorkspaceDeps): { shared: WorkspaceSteps; host: HostSteps } {
  const deps = { ...given, runCommand: createRunCommand(given) };
  return {
    shared: {
      openJob: atEdge((job, signal) => openJob(deps, job, signal)),
      findHost: atEdge(createFindHost(deps)),
      verifyJob: atEdge((job, signal) => verifyJob(deps, job, signal)),
      accountAttempt: atEdge((place) => accountAttempt(deps, place)),
      saveEvents: atEdge((events) => saveEvents(deps, events)),
      archiveJob: atEdge((job) => archiveJob(deps, job)),
      dropJob: atEdge((job) => dropJob(deps, job)),
    },
    host: {
      openAttempt: atEdge((open, signal) => openAttempt(deps, open, signal)),
      prepareSetup: atEdge((step, signal) => ensureSetup(deps, step, step.jobBase, signal)),
      runTools: atEdge((step, signal) => runTools(deps, step, signal)),
      checkTask: atEdge((step, signal) => checkTask(deps, step, signal)),
      integrate: atEdge((step, signal) => integrate(deps, step, signal)),
      closeAttempt: atEdge(({ place }) => closeAttempt(deps, place)),
    },
  };
}
