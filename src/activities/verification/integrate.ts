import { attemptRefs, deliveredBranch, jobPrefix, jobRefs } from '../../store/attempt-refs.ts';
import { commitMerged, mergeTrees } from '../../store/merge.ts';
import { deliver } from '../../store/deliver.ts';
import { getDocument } from '../../store/documents.ts';
import { openHub } from '../../store/hub.ts';
import { moveRefs, readRef } from '../../store/refs.ts';
import { readCommit } from '../../store/objects.ts';
import { OrchestratorError } from '../../domain/errors.ts';
import { openAttemptWorktree } from '../workspace/attempt-worktree.ts';
import { entriesAfter } from '../agents/winner.ts';
import { keepEvidence } from './evidence.ts';
import { mergedTasks } from './merged-tasks.ts';
import { failedChecks, runChecks } from './run-checks.ts';
import type { CheckRun } from '../../domain/conversation.ts';
import type { Check, Plan } from '../../domain/plan.ts';
import type { HostSteps, Integrated } from '../steps.ts';
import type { Hub } from '../../store/hub.ts';
import type { RunCommand } from '../workspace/commands.ts';
import type { Sha } from '../../domain/ids.ts';
import type { WorkspaceDeps } from '../deps.ts';

type IntegrateStep = Parameters<HostSteps['integrate']>[0];

/**
 * Merges an attempt's work onto the integration head, checks the merged tree with the checks of this task and of every
 * task merged before, and moves the head by compare-and-swap. A repetition finds the merge that was made.
 */
export async function integrate(
  deps: WorkspaceDeps & { readonly runCommand: RunCommand },
  step: IntegrateStep,
  signal: AbortSignal,
): Promise<Integrated> {
  const { jobId, taskId, attempt, hub: name } = step.place;
  const hub = await openHub(deps.hubsDir, name);
  const refs = { ...attemptRefs(jobId, taskId, attempt), integration: jobRefs(jobId).integration };
  const before = await readRef(hub, mergedRef(step));
  if (before !== null) return delivered(hub, step, before);

  const head = await readRef(hub, refs.integration);
  const checked = (await entriesAfter(hub, refs.talk, step.talk)).at(-1);
  if (checked?.entry.kind === 'checks') return conclude(hub, step, head, checked.entry, checked.sha);
  if (head === null)
    throw new OrchestratorError('internal', `hub ${name} has no integration branch of ${jobId}`);
  const merge = await mergeTrees(hub, head, step.tree);
  if (!merge.clean) return { kind: 'conflict', files: merge.conflicts, talk: step.talk };
  const plan = (await getDocument(hub, step.planSha)) as Plan;
  const headTree = (await readCommit(hub, head)).tree;
  const commit = merge.tree === headTree ? head : await commitOf(hub, deps, step, plan, head, merge.tree);

  const ownTree = (await readCommit(hub, step.tree)).tree;
  const checks = await checksAfterMerge(hub, step, plan, head, merge.tree === ownTree);
  if (checks.length === 0) return moveHead(hub, step, head, commit);
  const { worktree } = await openAttemptWorktree(deps, step, commit, signal);
  const network = step.network === 'all';
  const runs = await runChecks(checks, worktree, { runCommand: deps.runCommand, network, signal });
  const evidence = { stage: 'merge', commit, runs } as const;
  return conclude(hub, step, head, evidence, await keepEvidence(hub, refs.talk, step.talk, evidence));
}

/** Moves the head when the merged tree passed its checks. */
async function conclude(
  hub: Hub,
  step: IntegrateStep,
  head: Sha | null,
  { commit, runs }: { commit: Sha; runs: readonly CheckRun[] },
  talk: Sha,
): Promise<Integrated> {
  const detail = failedChecks(runs);
  return detail === null ? moveHead(hub, step, head, commit) : { kind: 'checks_failed', detail, talk };
}

async function moveHead(hub: Hub, step: IntegrateStep, head: Sha | null, commit: Sha): Promise<Integrated> {
  const { jobId } = step.place;
  const moved = await moveRefs(hub, [
    ...(commit === head ? [] : [{ ref: jobRefs(jobId).integration, to: commit, from: head }]),
    { ref: mergedRef(step), to: commit, from: null },
  ]);
  if (moved === 'moved') return delivered(hub, step, commit);
  throw new OrchestratorError('attempt_lost', `another delivery moved the integration branch of ${jobId}`);
}

/** Says that an attempt was merged, and as what: set with the head in one transaction. */
const mergedRef = ({ place }: IntegrateStep): string =>
  `${jobPrefix(place.jobId)}${place.taskId}/${place.attempt}/merged`;

/** The integration commit of a task: one parent, so that the branch reads as one commit per task in merge order. */
async function commitOf(
  hub: Hub,
  deps: WorkspaceDeps,
  step: IntegrateStep,
  plan: Plan,
  parent: Sha,
  tree: Sha,
): Promise<Sha> {
  const { jobId, taskId } = step.place;
  const title = plan.tasks.find((task) => task.taskId === taskId)?.title ?? taskId;
  const trailers = { 'Tutti-Job': jobId, 'Tutti-Task': taskId };
  return commitMerged(hub, { tree, parent, author: deps.author, message: title, trailers, at: Date.now() });
}

/** Checks of this task and of those merged before. On a tree that equals the task's own, its checks have just passed. */
async function checksAfterMerge(
  hub: Hub,
  step: IntegrateStep,
  plan: Plan,
  head: Sha,
  same: boolean,
): Promise<Check[]> {
  const tasks = await mergedTasks(hub, step.source.baseSha, head);
  if (!same) tasks.add(step.place.taskId);
  const wanted = new Set(plan.tasks.filter((task) => tasks.has(task.taskId)).flatMap((task) => task.checks));
  const own = new Set(same ? commandsOf(plan, step.place.taskId) : []);
  return plan.checks.filter(
    (check) => check.kind === 'command' && wanted.has(check.checkId) && !own.has(check.command),
  );
}

const commandsOf = (plan: Plan, taskId: string): string[] => {
  const ids = plan.tasks.find((task) => task.taskId === taskId)?.checks ?? [];
  return plan.checks.filter((check) => ids.includes(check.checkId)).map((check) => check.command);
};

async function delivered(hub: Hub, step: IntegrateStep, commit: Sha): Promise<Integrated> {
  const { jobId } = step.place;
  const head = (await readRef(hub, jobRefs(jobId).integration)) ?? commit;
  const changed = head !== step.source.baseSha;
  const delivery = changed
    ? await deliver(hub, step.source, jobId, head)
    : { branch: deliveredBranch(jobId), state: 'none' as const, reason: 'nothing was changed' };
  return { kind: 'merged', commit, changed, delivery };
}
