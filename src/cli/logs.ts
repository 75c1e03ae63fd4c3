import { block, oneLine } from './view/text.ts';
import { openSession } from './client/session.ts';
import { resolveTarget } from './client/target.ts';
import { Refusal } from './errors.ts';
import type { Invocation } from './invocation.ts';
import type { Target } from './client/target.ts';

export interface LogsOptions {
  readonly tail?: number;
  readonly attempt?: number;
}

/** Prints what a task's agent said and did. */
export async function logs(invocation: Invocation<LogsOptions>): Promise<number> {
  const { io, options } = invocation;
  const { client } = openSession(invocation);
  const target = await resolveTarget(client, invocation);
  const text = await client.log({
    job_id: target.status.job_id,
    task_id: target.taskId ?? theOnlyOne(target),
    ...(options.tail === undefined ? {} : { tail: options.tail }),
    ...(options.attempt === undefined ? {} : { attempt: options.attempt }),
  });
  io.stdout.write(block(text));
  return 0;
}

/** The task that is meant when none is named: the only one, or the only one that runs. Throws a Refusal. */
export function theOnlyOne({ status }: Target): string {
  if (status.state === 'planning') return 'plan';
  const running = status.tasks.filter((task) => task.state === 'running');
  const [only, ...others] = status.tasks.length === 1 ? status.tasks : running;
  if (only !== undefined && others.length === 0) return only.task_id;
  const names = status.tasks.map((task) => `${task.task_id} (${oneLine(task.title)})`);
  throw new Refusal(`Name a task of ${status.job_id}: plan, ${names.join(', ')}`);
}
