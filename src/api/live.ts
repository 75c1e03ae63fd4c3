import { attemptHeads } from '../store/attempt-refs.ts';
import { readTotals } from '../store/talk.ts';
import type { JobView, TaskView } from '../domain/job/view.ts';
import type { LiveTotals } from '../contract/task-to-wire.ts';
import type { TalkTotals } from '../domain/conversation.ts';
import type { Hub } from '../store/hub.ts';

/** What the refs of running attempts say now: turns, usage, cost, and what the agent is doing. */
export async function liveTotals(hub: Hub, view: JobView): Promise<LiveTotals> {
  const running = [view.planner, ...view.tasks].filter((task) => task.state.kind === 'running');
  const found = await Promise.all(running.map((task) => totalsOf(hub, view.jobId, task)));
  return new Map(found.flatMap((entry) => (entry === null ? [] : [entry])));
}

async function totalsOf(hub: Hub, jobId: string, task: TaskView): Promise<[string, TalkTotals] | null> {
  const { taskId } = task.outline;
  const { talk } = await attemptHeads(hub, jobId, taskId, task.attempts.length);
  return talk === null ? null : [taskId, await readTotals(hub, talk)];
}
