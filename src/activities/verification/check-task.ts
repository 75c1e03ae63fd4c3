import { attemptRefs } from '../../store/attempt-refs.ts';
import { getDocument } from '../../store/documents.ts';
import { openAttemptWorktree } from '../workspace/attempt-worktree.ts';
import { filesWithMarkers } from '../../store/merge.ts';
import { discardChanges } from '../workspace/worktree.ts';
import { entriesAfter } from '../agents/winner.ts';
import { keepEvidence } from './evidence.ts';
import { failedChecks, runChecks } from './run-checks.ts';
import type { CheckRun } from '../../domain/conversation.ts';
import type { HostSteps, TaskChecked } from '../steps.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RunCommand } from '../workspace/commands.ts';
import type { Sha } from '../../domain/ids.ts';
import type { WorkspaceDeps } from '../deps.ts';

/**
 * A task's own checks in its own worktree; what they write there is thrown away. A further attempt may have begun with
 * conflict markers, which no check need notice.
 */
export async function checkTask(
  deps: WorkspaceDeps & { readonly runCommand: RunCommand },
  step: Parameters<HostSteps['checkTask']>[0],
  signal: AbortSignal,
): Promise<TaskChecked> {
  const { jobId, taskId, attempt } = step.place;
  const refs = attemptRefs(jobId, taskId, attempt);
  const { hub, worktree } = await openAttemptWorktree(deps, step, step.tree, signal);
  const earlier = (await entriesAfter(hub, refs.talk, step.talk))[0];
  if (earlier?.entry.kind === 'checks') return checkedOf(earlier.sha, earlier.entry.runs);
  const unresolved = attempt === 1 ? [] : await filesWithMarkers(hub, step.baseSha, step.tree);
  if (unresolved.length > 0) {
    const detail = `git's conflict markers are left in ${unresolved.join(', ')}`;
    return { passed: false, talk: step.talk, detail };
  }
  const plan = (await getDocument(hub, step.planSha)) as Plan;
  const task = plan.tasks.find((one) => one.taskId === taskId);
  const checks = plan.checks.filter(
    (check) => task?.checks.includes(check.checkId) && check.kind === 'command',
  );
  if (checks.length === 0) return { passed: true, talk: step.talk, detail: '' };
  const { runCommand } = deps;
  const runs = await runChecks(checks, worktree, { runCommand, network: step.network === 'all', signal });
  await discardChanges(worktree, step.tree);
  return checkedOf(
    await keepEvidence(hub, refs.talk, step.talk, { stage: 'task', commit: step.tree, runs }),
    runs,
  );
}

function checkedOf(talk: Sha, runs: readonly CheckRun[]): TaskChecked {
  const detail = failedChecks(runs);
  return { passed: detail === null, talk, detail: detail ?? '' };
}
