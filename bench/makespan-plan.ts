import { readyTasks } from '../src/domain/schedule.ts';
import type { BenchTask } from './jobs.ts';

/** A task with a known length. */
export interface SizedTask extends BenchTask {
  readonly dependsOn: readonly string[];
  readonly turns: number;
  readonly level: number;
}

// Twenty tasks of ten turns on average: the numbers were drawn once and stay.
const SHAPE: readonly (readonly [turns: number, dependsOn: readonly number[]])[] = [
  [6, []],
  [14, []],
  [4, []],
  [9, []],
  [12, []],
  [5, [1]],
  [16, [1, 3]],
  [8, [2]],
  [7, [4]],
  [13, [5]],
  [10, [6]],
  [4, [6, 8]],
  [18, [7]],
  [11, [9]],
  [6, [10]],
  [15, [11]],
  [5, [12]],
  [9, [13, 14]],
  [12, [15]],
  [16, [16]],
];

export const PLAN: readonly SizedTask[] = leveled();

/** The same tasks, each after every task of the level before. */
export const withBarriers = (tasks: readonly SizedTask[]): SizedTask[] =>
  tasks.map((task) => ({
    ...task,
    dependsOn: tasks.filter(({ level }) => level === task.level - 1).map(({ taskId }) => taskId),
  }));

/** The makespan in turns of list scheduling, longest remaining path first, when nothing but the turns takes time. */
export function idealTurns(tasks: readonly SizedTask[], workers: number): number {
  const left = new Map(tasks.map((task) => [task.taskId, task.turns]));
  const running = new Set<string>();
  const stateOf = ({ taskId }: SizedTask): 'pending' | 'running' | 'completed' =>
    left.get(taskId) === 0 ? 'completed' : running.has(taskId) ? 'running' : 'pending';
  for (let turn = 0; ; turn++) {
    const now = tasks.map((task) => ({ ...task, files: [], estimate: task.turns, state: stateOf(task) }));
    if (now.every((task) => task.state === 'completed')) return turn;
    for (const { taskId } of readyTasks(now, workers)) running.add(taskId);
    for (const taskId of running) {
      const rest = (left.get(taskId) ?? 0) - 1;
      left.set(taskId, rest);
      if (rest === 0) running.delete(taskId);
    }
  }
}

function leveled(): SizedTask[] {
  const tasks: SizedTask[] = [];
  for (const [index, [turns, after]] of SHAPE.entries()) {
    const dependsOn = after.map((number) => `t${number}`);
    const levels = tasks.filter(({ taskId }) => dependsOn.includes(taskId)).map(({ level }) => level + 1);
    tasks.push({
      taskId: `t${index + 1}`,
      turns,
      estimate: turns * 1_000,
      dependsOn,
      level: Math.max(0, ...levels),
    });
  }
  return tasks;
}
