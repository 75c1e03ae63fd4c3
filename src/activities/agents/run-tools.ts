import { AGENT_ROLES } from '../../domain/roles.ts';
import { OrchestratorError } from '../../domain/errors.ts';
import { sizeOf } from '../../domain/conversation.ts';
import { bytesOf } from '../bytes.ts';
import { render } from '../prompts/render.ts';
import { runTool } from '../tools/index.ts';
import { appendTalk, readTotals } from '../../store/talk.ts';
import { attemptRefs } from '../../store/attempt-refs.ts';
import { moveRefs } from '../../store/refs.ts';
import { readFileAt } from '../../store/objects.ts';
import { commitWorktree, discardChanges } from '../workspace/worktree.ts';
import { openAttemptWorktree } from '../workspace/attempt-worktree.ts';
import { acceptPlan } from '../job/accept-plan.ts';
import { activityOf } from './activity.ts';
import { createToolBox } from './tool-box.ts';
import { entriesAfter } from './winner.ts';
import type { AnswerEntry, NoteEntry, ResultsEntry, Submitted, ToolCall } from '../../domain/conversation.ts';
import type { Hub } from '../../store/hub.ts';
import type { RunCommand } from '../workspace/commands.ts';
import type { Sha } from '../../domain/ids.ts';
import type { ToolRun } from '../tools/box.ts';
import type { ToolStep, ToolsRun } from '../steps.ts';
import type { WorkspaceDeps } from '../deps.ts';

/** Runs the tool calls of an answer in its worktree and makes tree and results durable in one transaction. */
export async function runTools(
  deps: WorkspaceDeps & { readonly runCommand: RunCommand },
  step: ToolStep,
  signal: AbortSignal,
): Promise<ToolsRun> {
  const { jobId, taskId, attempt } = step.place;
  const refs = attemptRefs(jobId, taskId, attempt);
  const { hub, worktree } = await openAttemptWorktree(deps, step, step.tree, signal);
  const earlier = await runAfter(hub, refs.talk, step);
  if (earlier) return earlier;

  const answer = JSON.parse(String(await readFileAt(hub, step.talk, 'entry.json'))) as AnswerEntry;
  const calls = answer.content.filter((block) => block.type === 'tool_call');
  const { mayWrite, ends } = AGENT_ROLES[step.agentRole];
  const box = createToolBox(worktree, {
    runCommand: deps.runCommand,
    network: step.network === 'all',
    mayWrite,
    signal,
  });
  const done = await runCalls(calls, step, box, hub);
  const activity = activityOf(answer.content);
  const at = Date.now();
  const commit = mayWrite
    ? (
        await commitWorktree(worktree, {
          parent: step.tree,
          message: `${taskId} turn ${step.turn}: ${activity}`,
          at,
        })
      ).commit
    : await discardChanges(worktree, step.tree).then(() => step.tree);
  const entry: ResultsEntry | NoteEntry =
    calls.length === 0
      ? { kind: 'note', at, text: render('nudge', { tool: ends }) }
      : {
          kind: 'results',
          at,
          turn: step.turn,
          tree: commit,
          results: done.runs.map((run) => run.result),
          submitted: done.submitted,
        };
  const talk = await appendTalk(
    hub,
    step.talk,
    entry,
    { ...(await readTotals(hub, step.talk)), at },
    outputs(done.runs),
  );
  const moved = await moveRefs(hub, [
    { ref: refs.talk, to: talk, from: step.talk },
    ...(commit === step.tree ? [] : [{ ref: refs.tree, to: commit, from: step.tree }]),
  ]);
  if (moved === 'moved') return ranOf(talk, commit, entry);
  const winner = await runAfter(hub, refs.talk, step);
  if (winner) return winner;
  throw new OrchestratorError('attempt_lost', `another delivery moved the refs of ${taskId}/${attempt}`);
}

interface Done {
  readonly runs: ToolRun[];
  readonly submitted: Submitted | null;
}

/** Runs calls in order. What stands after a call that ended the attempt is not run. */
async function runCalls(
  calls: readonly ToolCall[],
  step: ToolStep,
  box: ReturnType<typeof createToolBox>,
  hub: Hub,
): Promise<Done> {
  const runs: ToolRun[] = [];
  let submitted: Submitted | null = null;
  for (const call of calls) {
    if (submitted) {
      runs.push(errorRun(call, 'Not run: the work was handed in before.'));
      continue;
    }
    const run = await runTool(call, box, step.agentRole);
    if (run.submitted?.kind === 'plan') {
      submitted = await acceptPlan(hub, step, run.submitted.draft);
      runs.push(
        submitted.kind === 'plan_refused'
          ? errorRun(call, render('plan-errors', { errors: submitted.detail }))
          : run,
      );
    } else {
      submitted = run.submitted ?? refusedPlan(call, run);
      runs.push(run);
    }
  }
  return { runs, submitted };
}

/** A plan that could not even be read counts like one that cannot be carried out. */
const refusedPlan = (call: ToolCall, run: ToolRun): Submitted | null =>
  call.name === 'submit_plan' ? { kind: 'plan_refused', detail: run.result.text } : null;

const errorRun = (call: ToolCall, text: string): ToolRun => ({
  result: { type: 'tool_result', callId: call.callId, text, isError: true },
  full: null,
});

const outputs = (runs: readonly ToolRun[]): Record<string, string> =>
  Object.fromEntries(
    runs.flatMap((run, index) => (run.full === null ? [] : [[`output-${index + 1}.txt`, run.full]])),
  );

async function runAfter(hub: Hub, ref: string, step: ToolStep): Promise<ToolsRun | null> {
  const next = (await entriesAfter(hub, ref, step.talk))[0];
  if (next?.entry.kind === 'results') return ranOf(next.sha, next.entry.tree, next.entry);
  return next?.entry.kind === 'note' ? ranOf(next.sha, step.tree, next.entry) : null;
}

function ranOf(talk: Sha, tree: Sha, entry: ResultsEntry | NoteEntry): ToolsRun {
  const { newBytes } = sizeOf([entry], bytesOf);
  return { talk, tree, newBytes, submitted: entry.kind === 'results' ? entry.submitted : null };
}
