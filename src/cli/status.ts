import { criteriaLines } from './view/bill.ts';
import { frameFor } from './display.ts';
import { hanging, oneLine } from './view/text.ts';
import { openSession } from './client/session.ts';
import { printJson, wantsJson } from './invocation.ts';
import { printLines } from './io.ts';
import { resolveJob } from './client/job-ref.ts';
import { treeLines } from './view/tree.ts';
import type { Invocation } from './invocation.ts';

export interface StatusOptions {
  readonly until?: string;
  readonly wait?: number;
}

/** Shows how a job stands, at once or when it has reached a state. */
export async function status(invocation: Invocation<StatusOptions>): Promise<number> {
  const { io, args, options } = invocation;
  const { client } = openSession(invocation);
  const job_id = await resolveJob(client, io, args[0]);
  const answer = await client.status({
    job_id,
    ...(options.until === undefined ? {} : { until: options.until }),
    ...(options.wait === undefined ? {} : { wait_s: options.wait }),
  });
  if (wantsJson(options)) {
    printJson(invocation, answer);
    return 0;
  }
  const frame = frameFor(io, io.stdout);
  printLines(io.stdout, [
    ...treeLines(answer, frame),
    ...criteriaLines(answer.criteria, frame),
    ...answer.warnings.flatMap((text) =>
      hanging(frame.paint.yellow(` ${frame.signs.warning} `), oneLine(text), frame.width),
    ),
  ]);
  return 0;
}
