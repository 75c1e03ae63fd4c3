import { isJobId } from '../../domain/ids.ts';
import { oneLine } from '../view/text.ts';
import { Refusal } from '../errors.ts';
import { resolveJob } from './job-ref.ts';
import type { Client } from '../../contract/client.ts';
import type { WireStatus } from '../../contract/status.ts';
import type { Invocation } from '../invocation.ts';

/** A job and perhaps one of its tasks. */
export interface Target {
  readonly status: WireStatus;
  /** Null: none was named. */
  readonly taskId: string | null;
}

/** Reads `[JOB] [TASK]`: one argument alone is a job where it looks like one, else a task of the last job. */
export async function resolveTarget(
  client: Client,
  { io, args }: Pick<Invocation, 'io' | 'args'>,
): Promise<Target> {
  const [first, second] = args;
  const isJob = second !== undefined || first === undefined || first === 'last' || isJobId(first);
  if (isJob) {
    const status = await client.status({ job_id: await resolveJob(client, io, first) });
    return { status, taskId: second === undefined ? null : resolveTask(status.tasks, second) };
  }
  const last = await client.status({ job_id: await resolveJob(client, io, undefined) }).catch(() => null);
  const matches = last === null ? [] : matchingTasks(last.tasks, first);
  if (last !== null && matches.length > 0) return { status: last, taskId: only(matches, first) };
  if (/^j[0-9a-z]*$/.test(first))
    return { status: await client.status({ job_id: await resolveJob(client, io, first) }), taskId: null };
  if (last === null)
    throw new Refusal(`There is no last job that "${first}" could be a task of; name the job too.`);
  throw noSuchTask(last.tasks, first);
}

type Tasks = WireStatus['tasks'];

/** The id of a task by `t3`, `3` or a unique part of its title; the planner is `plan`. Throws a Refusal. */
function resolveTask(tasks: Tasks, ref: string): string {
  const matches = matchingTasks(tasks, ref);
  if (matches.length === 0) throw noSuchTask(tasks, ref);
  return only(matches, ref);
}

function matchingTasks(tasks: Tasks, ref: string): { task_id: string; title: string }[] {
  const id = /^\d+$/.test(ref) ? `t${ref}` : ref.toLowerCase();
  if (id === 'plan') return [{ task_id: 'plan', title: 'Planning' }];
  const exact = tasks.filter((task) => task.task_id === id);
  const part = ref.toLowerCase();
  const titled = () => tasks.filter((task) => task.title.toLowerCase().includes(part));
  return exact.length > 0 || /^t?\d+$/i.test(ref) ? exact : titled();
}

function only(matches: readonly { task_id: string; title: string }[], ref: string): string {
  const [first, ...others] = matches;
  if (first !== undefined && others.length === 0) return first.task_id;
  const list = matches.map((task) => `${task.task_id} (${oneLine(task.title)})`).join(', ');
  throw new Refusal(`"${ref}" fits ${matches.length} tasks: ${list}`);
}

const noSuchTask = (tasks: Tasks, ref: string): Refusal =>
  new Refusal(
    tasks.length === 0
      ? `"${ref}" names no task: the job has none yet.`
      : `"${ref}" names no task. There are ${tasks.map((task) => `${task.task_id} (${oneLine(task.title)})`).join(', ')}.`,
  );
