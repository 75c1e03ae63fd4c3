import { randomUUID } from 'node:crypto';
import { openSession } from './client/session.ts';
import { printJson, wantsJson } from './invocation.ts';
import { resolveTarget } from './client/target.ts';
import { Refusal } from './errors.ts';
import type { Invocation } from './invocation.ts';
import type { Target } from './client/target.ts';

/** Orders one more attempt of a failed task. */
export async function retry(invocation: Invocation<{ readonly feedback?: string }>): Promise<number> {
  const { io, options } = invocation;
  const { client } = openSession(invocation);
  const target = await resolveTarget(client, invocation);
  const { job_id } = target.status;
  const body = options.feedback === undefined ? {} : { feedback: options.feedback };
  const task_id = target.taskId ?? theFailedOne(target);
  const answer = await client.retry({ job_id, task_id, body, key: randomUUID() });
  if (wantsJson(options)) printJson(invocation, answer);
  else {
    io.stdout.write(`${job_id} ${answer.task_id} ${answer.state} (attempt ${answer.attempt})\n`);
    io.stderr.write(`Follow it with: tutti watch ${job_id}\n`);
  }
  return 0;
}

function theFailedOne({ status }: Target): string {
  const failed = status.tasks.filter((task) => task.state === 'failed').map((task) => task.task_id);
  const [only, ...others] = failed;
  if (only !== undefined && others.length === 0) return only;
  throw new Refusal(
    only === undefined
      ? `No task of ${status.job_id} has failed.`
      : `Name the task: ${failed.join(', ')} failed.`,
  );
}
