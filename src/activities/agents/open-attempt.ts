import { bytesOf } from '../bytes.ts';
import { appendTalk, readTalk } from '../../store/talk.ts';
import { attemptRefs } from '../../store/attempt-refs.ts';
import { commitMerged, isAncestor, mergeTrees } from '../../store/merge.ts';
import { getDocument } from '../../store/documents.ts';
import { moveRefs, readRef } from '../../store/refs.ts';
import { NO_USAGE } from '../../domain/prices.ts';
import { messagesOf, sizeOf } from '../../domain/conversation.ts';
import { OrchestratorError } from '../../domain/errors.ts';
import { builderOpening, plannerOpening } from '../prompts/opening.ts';
import { render } from '../prompts/render.ts';
import { toolSpecs } from '../tools/index.ts';
import { openAttemptWorktree } from '../workspace/attempt-worktree.ts';
import { openHub } from '../../store/hub.ts';
import type { Hub } from '../../store/hub.ts';
import type { OpenAttempt, OpenedAttempt } from '../steps.ts';
import type { OpenEntry, ResultsEntry, TalkEntry, TalkTotals } from '../../domain/conversation.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Sha } from '../../domain/ids.ts';
import type { Spec } from '../../domain/spec.ts';
import type { WorkspaceDeps } from '../deps.ts';

/**
 * Begins an attempt: its conversation and its worktree at the commit that holds all its dependencies. A further
 * attempt goes on in the conversation of the one before, with its work merged onto what is integrated by now.
 */
export async function openAttempt(
  deps: WorkspaceDeps,
  open: OpenAttempt,
  signal: AbortSignal,
): Promise<OpenedAttempt> {
  const { jobId, taskId, attempt, hub: name } = open.place;
  const hub = await openHub(deps.hubsDir, name);
  const refs = attemptRefs(jobId, taskId, attempt);
  if ((await readRef(hub, refs.talk)) === null) {
    const { tree, conflicts } = await startTree(hub, open);
    // Side by side: neither the files nor the first words need the other.
    const [talk] = await Promise.all([
      startTalk(hub, open, tree, conflicts),
      openAttemptWorktree(deps, open, tree, signal),
    ]);
    await moveRefs(hub, [
      { ref: refs.tree, to: tree, from: null },
      { ref: refs.talk, to: talk, from: null },
    ]);
  }
  const [talk, tree] = await Promise.all([readRef(hub, refs.talk), readRef(hub, refs.tree)]);
  if (talk === null || tree === null)
    throw new OrchestratorError('attempt_lost', `the refs of ${taskId}/${attempt} are gone`);
  const [entries] = await Promise.all([readTalk(hub, talk), openAttemptWorktree(deps, open, tree, signal)]);
  return { talk, tree, turn: lastTurn(entries), ...sizeOf(entries, bytesOf) };
}

/** The commit to work from. Work that conflicts with what was integrated since keeps git's conflict markers, to be resolved. */
async function startTree(
  hub: Hub,
  { baseSha, from, place }: OpenAttempt,
): Promise<{ tree: Sha; conflicts: readonly string[] }> {
  if (from === null) return { tree: baseSha, conflicts: [] };
  if (await isAncestor(hub, baseSha, from.tree)) return { tree: from.tree, conflicts: [] };
  const merged = await mergeTrees(hub, baseSha, from.tree);
  const tree = await commitMerged(hub, {
    tree: merged.tree,
    parent: baseSha,
    author: { name: 'Tutti', email: 'tutti@localhost' },
    message: `Earlier work on ${place.taskId}, merged onto what is integrated`,
    trailers: {},
    at: Date.now(),
  });
  return { tree, conflicts: merged.clean ? [] : merged.conflicts };
}

async function startTalk(hub: Hub, open: OpenAttempt, tree: Sha, conflicts: readonly string[]): Promise<Sha> {
  if (open.from === null) return appendTalk(hub, null, await opening(hub, open), totals(0, 'begins'));
  const entries = await readTalk(hub, open.from.talk);
  const turn = lastTurn(entries);
  const unanswered = unansweredCalls(entries, tree, turn);
  const parent = unanswered
    ? await appendTalk(hub, open.from.talk, unanswered, totals(turn, 'interrupted'))
    : open.from.talk;
  const note = { kind: 'note', at: Date.now(), text: retryNote(open, conflicts) } as const;
  return appendTalk(hub, parent, note, totals(turn, `attempt ${open.place.attempt} begins`));
}

async function opening(hub: Hub, { agentRole, specSha, planSha, place }: OpenAttempt): Promise<OpenEntry> {
  const spec = (await getDocument(hub, specSha)) as Spec;
  const common = {
    kind: 'open',
    at: Date.now(),
    agentRole,
    system: render(agentRole, {}),
    tools: toolSpecs(agentRole),
  } as const;
  if (planSha === null) return { ...common, text: plannerOpening(spec) };
  const plan = (await getDocument(hub, planSha)) as Plan;
  const task = plan.tasks.find((one) => one.taskId === place.taskId);
  if (!task) throw new OrchestratorError('internal', `the plan ${planSha} has no task ${place.taskId}`);
  return { ...common, text: builderOpening(spec, plan, task) };
}

function retryNote({ place, from, feedback }: OpenAttempt, conflicts: readonly string[]): string {
  return render('retry-note', {
    attempt: String(place.attempt),
    reason: from?.error ? `${from.error.code}: ${from.error.detail}` : 'it was ended',
    conflicts: conflicts.length === 0 ? '' : render('retry-conflicts', { files: conflicts.join(', ') }),
    feedback: feedback ?? '',
  });
}

/** Providers refuse a conversation whose tool calls have no results: calls that were cut off get one that says so. */
function unansweredCalls(entries: readonly TalkEntry[], tree: Sha, turn: number): ResultsEntry | null {
  const last = messagesOf(entries).at(-1);
  if (last?.role !== 'assistant') return null;
  const results = last.content.flatMap((block) =>
    block.type === 'tool_call'
      ? [
          {
            type: 'tool_result',
            callId: block.callId,
            text: 'Not run: the attempt was interrupted.',
            isError: true,
          } as const,
        ]
      : [],
  );
  return results.length === 0
    ? null
    : { kind: 'results', at: Date.now(), turn, tree, results, submitted: null };
}

const lastTurn = (entries: readonly TalkEntry[]): number =>
  entries.reduce((turn, entry) => (entry.kind === 'answer' ? Math.max(turn, entry.turn) : turn), 0);

const totals = (turn: number, activity: string): TalkTotals => ({
  turn,
  usage: NO_USAGE,
  cost: 0,
  at: Date.now(),
  activity,
});
