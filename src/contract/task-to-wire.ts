import { addUsage, NO_USAGE } from '../domain/prices.ts';
import { attemptKey } from '../domain/job/state.ts';
import { usd } from '../domain/money.ts';
import { iso } from './iso.ts';
import type { JobView, TaskView } from '../domain/job/view.ts';
import type { TalkTotals } from '../domain/conversation.ts';
import type { MicroUsd } from '../domain/money.ts';
import type { Usage } from '../domain/prices.ts';
import type { WireActivity, WireTaskStatus } from './status.ts';
import type { WireUsage } from './fields.ts';

/** What the newest commit of each running attempt's conversation says, by task id (the planner's is `plan`). */
export type LiveTotals = ReadonlyMap<string, TalkTotals>;

export function taskToWire(task: TaskView, view: JobView, live: TalkTotals | undefined): WireTaskStatus {
  const { outline, state, attempts } = task;
  const last = attempts.at(-1);
  return {
    task_id: outline.taskId,
    title: outline.title,
    state: state.kind,
    waiting_on: task.waitingOn,
    next_action_at:
      state.kind === 'running' && state.wants?.kind === 'provider' ? iso(state.wants.until) : null,
    worker: state.kind === 'running' ? state.assignment : null,
    attempt: attempts.length,
    depends_on: [...outline.dependsOn],
    activity: live === undefined ? null : activityOf(live),
    cost_usd: usd(costOfTask(task, view, live)),
    usage: usageToWire(usageOfTask(task, live)),
    turns: Math.max(0, live?.turn ?? 0, ...attempts.map((attempt) => attempt.turns)),
    error: state.kind === 'failed' ? { ...state.error } : null,
    base_sha: last?.baseSha ?? null,
    head_sha: state.kind === 'completed' ? state.commit : (last?.tree ?? null),
    started_at: iso(attempts[0]?.startedAt ?? null),
    finished_at: isOver(state.kind) ? iso(last?.finishedAt ?? null) : null,
  };
}

/** What is being done in the job: the planner's line while it plans, else the newest of its tasks'. */
export function latestActivity(view: JobView, live: LiveTotals): WireActivity | null {
  const running = [view.planner, ...view.tasks].filter((task) => task.state.kind === 'running');
  const lines = running.flatMap((task) => live.get(task.outline.taskId) ?? []);
  const newest = lines.sort((a, b) => b.at - a.at)[0];
  return newest === undefined ? null : activityOf(newest);
}

export const usageToWire = (usage: Usage): WireUsage => ({
  input_tokens: usage.input,
  output_tokens: usage.output,
  cache_read_tokens: usage.cacheRead,
  cache_write_tokens: usage.cacheWrite,
});

const activityOf = ({ activity, turn, cost, at }: TalkTotals): WireActivity => ({
  text: activity,
  turn,
  cost_usd: usd(cost),
  at: iso(at),
});

/** The ledger lags behind a running attempt until its next report; the refs do not. */
function costOfTask(
  { outline, attempts }: TaskView,
  { ledger }: JobView,
  live: TalkTotals | undefined,
): MicroUsd {
  const reported = attempts.reduce(
    (sum, { attempt }) => sum + (ledger.purses[attemptKey(outline.taskId, attempt)]?.spent ?? 0),
    0,
  );
  return Math.max(reported, live?.cost ?? 0);
}

function usageOfTask({ attempts }: TaskView, live: TalkTotals | undefined): Usage {
  const reported = attempts.reduce((sum, attempt) => addUsage(sum, attempt.usage), NO_USAGE);
  const seen = live?.usage ?? NO_USAGE;
  return {
    input: Math.max(reported.input, seen.input),
    output: Math.max(reported.output, seen.output),
    cacheRead: Math.max(reported.cacheRead, seen.cacheRead),
    cacheWrite: Math.max(reported.cacheWrite, seen.cacheWrite),
  };
}

const isOver = (kind: TaskView['state']['kind']): boolean => kind !== 'pending' && kind !== 'running';
