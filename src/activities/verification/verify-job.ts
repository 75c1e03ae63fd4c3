import { Context } from '@temporalio/activity';
import { getDocument } from '../../store/documents.ts';
import { jobRefs } from '../../store/attempt-refs.ts';
import { openHub } from '../../store/hub.ts';
import { readRef } from '../../store/refs.ts';
import { OrchestratorError } from '../../domain/errors.ts';
import { endCommands, openAttemptWorktree } from '../workspace/attempt-worktree.ts';
import { removeWorktree } from '../workspace/worktree.ts';
import { ensureSetup } from '../workspace/setup.ts';
import { setupKeyOf } from '../workspace/setup-cache.ts';
import { keepEvidence } from './evidence.ts';
import { runChecks } from './run-checks.ts';
import type { HostStep, WorkspaceSteps } from '../steps.ts';
import type { VerifiedChecks } from '../../domain/job/verified.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RunCommand } from '../workspace/commands.ts';
import type { WorkspaceDeps } from '../deps.ts';

/** Every command check of the plan in a clean checkout of the integration head, made for this and removed after it. */
export async function verifyJob(
  deps: WorkspaceDeps & { readonly runCommand: RunCommand },
  { hub: name, jobId, planSha, source }: Parameters<WorkspaceSteps['verifyJob']>[0],
  signal: AbortSignal,
): Promise<VerifiedChecks> {
  const hub = await openHub(deps.hubsDir, name);
  const refs = jobRefs(jobId);
  const head = await readRef(hub, refs.integration);
  if (head === null)
    throw new OrchestratorError('internal', `hub ${name} has no integration branch of ${jobId}`);
  const plan = (await getDocument(hub, planSha)) as Plan;
  const step: HostStep = {
    place: { hub: name, jobId, taskId: 'verify', attempt: 1 },
    fence: Context.current().info.attempt,
    baseSha: head,
    network: plan.network,
    setupKey: setupKeyOf(source.baseSha, plan.setup),
  };
  await ensureSetup(deps, { ...step, planSha }, source.baseSha, signal);
  const { worktree } = await openAttemptWorktree(deps, step, head, signal);
  try {
    const network = plan.network === 'all';
    const runs = await runChecks(plan.checks, worktree, { runCommand: deps.runCommand, network, signal });
    const log = await keepEvidence(hub, refs.verify, await readRef(hub, refs.verify), {
      stage: 'job',
      commit: head,
      runs,
    });
    return {
      commit: head,
      log,
      runs: runs.map(({ checkId, passed, exitCode }) => ({
        checkId,
        passed,
        exitCode,
        criterionId: plan.checks.find((check) => check.checkId === checkId)?.criterionId ?? null,
      })),
    };
  } finally {
    await endCommands([worktree.dir]);
    const place = { hub, hostDir: deps.hostDir, jobId, taskId: 'verify', attempt: 1 };
    await removeWorktree(place, step.fence);
  }
}
