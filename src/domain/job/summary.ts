import type { TaskRecord, TaskState } from './state.ts';

export type Progress = Readonly<Record<TaskState['kind'] | 'total', number>>;

/** How many tasks are in each state. */
export function progressOf(tasks: readonly Pick<TaskRecord, 'state'>[]): Progress {
  const count = (kind: TaskState['kind']): number => tasks.filter((task) => task.state.kind === kind).length;
  return {
    pending: count('pending'),
    running: count('running'),
    completed: count('completed'),
    failed: count('failed'),
    cancelled: count('cancelled'),
    total: tasks.length,
  };
}
