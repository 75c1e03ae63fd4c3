import { between, usdText } from './amounts.ts';
import { nextSteps } from './tree.ts';
import { oneLine } from './text.ts';
import type { WireStatus, WireTaskStatus } from '../../contract/status.ts';

/** What happened between two looks at a job, a line each; `before` null: what there is at the first look. */
export function changeLines(before: WireStatus | null, after: WireStatus): string[] {
  const lines: string[] = [];
  if (before === null) lines.push(`${after.job_id} ${oneLine(after.title)}`);
  if (before?.plan_revision !== after.plan_revision && after.plan_revision !== null)
    lines.push(`plan ${after.plan_revision} is ready: ${after.tasks.length} tasks`);
  const state = before?.state === after.state ? [] : [stateLine(after)];
  if (after.state === 'planning' || after.state === 'running') lines.push(...state.splice(0));
  if (after.state === 'planning' && activityOf(after) !== null && activityOf(after) !== activityOf(before))
    lines.push(`planner: ${activityOf(after)}`);
  for (const task of after.tasks) {
    const line = taskLine(before?.tasks.find((one) => one.task_id === task.task_id) ?? null, task);
    if (line !== null) lines.push(line);
  }
  lines.push(...state);
  if (before !== null && before.budget.limit_usd !== after.budget.limit_usd)
    lines.push(`the budget is ${usdText(after.budget.limit_usd)} now`);
  if (after.waiting_on !== null && after.waiting_on !== before?.waiting_on)
    lines.push(...nextSteps(after, { yes: ' --yes' }));
  return lines;
}

const activityOf = (status: WireStatus | null): string | null =>
  status === null || status.activity === null
    ? null
    : `turn ${status.activity.turn}, ${oneLine(status.activity.text)}`;

const stateLine = ({ state, reason }: WireStatus): string =>
  `job ${state.replaceAll('_', ' ')}${reason === null ? '' : `: ${oneLine(reason)}`}`;

function taskLine(before: WireTaskStatus | null, task: WireTaskStatus): string | null {
  const isSame =
    (before?.state ?? 'pending') === task.state &&
    (before?.attempt ?? 0) === task.attempt &&
    (task.state !== 'running' || (before?.waiting_on ?? null) === task.waiting_on);
  if (isSame || task.state === 'pending') return null;
  const name = `${task.task_id} ${oneLine(task.title)}`;
  const cost = task.cost_usd > 0 ? `, ${usdText(task.cost_usd)}` : '';
  switch (task.state) {
    case 'running':
      if (task.waiting_on !== null) return `${name}: waits for ${task.waiting_on}`;
      if (before?.state === 'running' && before.attempt === task.attempt) return `${name}: goes on`;
      return `${name}: begins${task.attempt > 1 ? ` attempt ${task.attempt}` : ''}`;
    case 'completed':
      return `${name}: completed in ${between(task.started_at ?? '', task.finished_at, 0)}${cost}`;
    case 'failed':
      return `${name}: failed, ${task.error?.code ?? 'unknown'}: ${oneLine(task.error?.detail ?? '')}`;
    case 'cancelled':
      return `${name}: cancelled`;
    default:
      return task.state satisfies never;
  }
}
