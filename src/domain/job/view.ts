import { describe, taskWaitsOn } from './describe.ts';
import { allowedNow } from './commands.ts';
import type { CommandName } from './commands.ts';
import type { Job, JobStateName, JobWaitsOn, TaskRecord, TaskWaitsOn } from './state.ts';

/** What a job's workflow answers when asked, and what the archive keeps of it. */
export interface JobView extends Omit<Job, 'events' | 'commands' | 'tasks' | 'planner'> {
  readonly state: JobStateName | 'deleted';
  readonly waitingOn: JobWaitsOn | null;
  readonly allowed: readonly CommandName[];
  readonly planner: TaskView;
  readonly tasks: readonly TaskView[];
  /** The number of the newest event, 0 before the first. */
  readonly lastEvent: number;
}

export interface TaskView extends TaskRecord {
  readonly waitingOn: TaskWaitsOn | null;
}

export function viewOf(job: Job): JobView {
  const { events, commands: _commands, tasks, planner, ...rest } = job;
  const { state, waitingOn } = describe(job);
  const show = (task: TaskRecord): TaskView => ({ ...task, waitingOn: taskWaitsOn(job, task) });
  return {
    ...rest,
    state,
    waitingOn,
    allowed: allowedNow(job),
    planner: show(planner),
    tasks: tasks.map(show),
    lastEvent: events.next - 1,
  };
}
