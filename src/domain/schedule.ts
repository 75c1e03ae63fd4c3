import { claimsOverlap } from './claims.ts';
import type { TaskId } from './ids.ts';

/** What the scheduler needs to know of a task. */
export interface Schedulable {
  readonly taskId: TaskId;
  readonly dependsOn: readonly TaskId[];
  readonly files: readonly string[];
  readonly estimate: number | null;
  readonly state: 'pending' | 'running' | 'completed' | 'failed' | 'cancelled';
}

/**
 * The tasks to start now, in order: dependencies merged, no claim shared with a running task, longest remaining
 * path first (Graham's list scheduling), at most `maxParallel` running. There is no barrier between levels.
 */
export function readyTasks<T extends Schedulable>(tasks: readonly T[], maxParallel: number): T[] {
  const byId = new Map(tasks.map((task) => [task.taskId, task]));
  const running = tasks.filter((task) => task.state === 'running');
  const length = remainingPaths(tasks);
  const ready = tasks
    .filter((task) => task.state === 'pending')
    .filter((task) => task.dependsOn.every((id) => byId.get(id)?.state === 'completed'))
    .sort((a, b) => (length.get(b.taskId) ?? 0) - (length.get(a.taskId) ?? 0));
  const chosen: T[] = [];
  for (const task of ready) {
    if (running.length + chosen.length >= maxParallel) break;
    if (![...running, ...chosen].some((other) => claimsOverlap(task.files, other.files))) chosen.push(task);
  }
  return chosen;
}

/** Whether a task may still run: every task that it depends on, directly or not, is completed, running or can run. */
export function canStillRun(tasks: readonly Schedulable[], taskId: TaskId): boolean {
  const byId = new Map(tasks.map((task) => [task.taskId, task]));
  const seen = new Map<TaskId, boolean>();
  const possible = (id: TaskId): boolean => {
    const known = seen.get(id);
    if (known !== undefined) return known;
    seen.set(id, false);
    const task = byId.get(id);
    const answer =
      task !== undefined &&
      task.state !== 'failed' &&
      task.state !== 'cancelled' &&
      (task.state !== 'pending' || task.dependsOn.every(possible));
    seen.set(id, answer);
    return answer;
  };
  return possible(taskId);
}

/** The weight of the longest chain of dependents that starts at each task, itself included. */
function remainingPaths(tasks: readonly Schedulable[]): Map<TaskId, number> {
  const dependents = new Map<TaskId, TaskId[]>();
  for (const task of tasks)
    for (const id of task.dependsOn) dependents.set(id, [...(dependents.get(id) ?? []), task.taskId]);
  const weights = new Map(tasks.map((task) => [task.taskId, Math.max(1, task.estimate ?? 1)]));
  const lengths = new Map<TaskId, number>();
  const lengthOf = (id: TaskId): number => {
    const known = lengths.get(id);
    if (known !== undefined) return known;
    const below = (dependents.get(id) ?? []).map(lengthOf);
    const length = (weights.get(id) ?? 1) + Math.max(0, ...below);
    lengths.set(id, length);
    return length;
  };
  for (const task of tasks) lengthOf(task.taskId);
  return lengths;
}
