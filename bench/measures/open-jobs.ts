import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { jobQuery, jobWorkflowId } from '../../src/workflows/messages.ts';
import { withEngine } from '../engine.ts';
import { submit } from '../jobs.ts';
import { quantile, timed } from '../numbers.ts';
import { script } from '../script.ts';
import type { Engine } from '../engine.ts';
import type { Row } from '../report.ts';

const JOBS = 200;
const AT_ONCE = 10;
/** As long as the API waits for a query. */
const DEADLINE_MS = 5_000;

/** Jobs that wait for approval while the workers die and the machine is busy: until every one says how it is. */
export async function* openJobs(): AsyncGenerator<Row> {
  const times = await withEngine({ script: script({}) }, async (engine) => {
    const ids = await submitAll(engine);
    return withBusyCores(async () => {
      const began = performance.now();
      await engine.processes.killAndStart('engine', 'workspace');
      const asked = performance.now();
      const answered = await Promise.all(
        ids.map(async (jobId) => {
          await timed(() => untilAnswered(engine, jobId));
          return performance.now();
        }),
      );
      return { start: asked - began, answers: answered.map((at) => at - began) };
    });
  });
  const all = quantile(times.answers, 1) / 1_000;
  yield {
    what: `${JOBS} open jobs, workers killed, cores busy: until all answer`,
    value: all,
    unit: 's',
    note: `half of them after ${(quantile(times.answers, 0.5) / 1_000).toFixed(1)} s; the workers polled after ${(times.start / 1_000).toFixed(1)} s`,
  };
}

async function submitAll(engine: Engine): Promise<string[]> {
  const ids: string[] = [];
  const lane = async (): Promise<void> => {
    while (ids.length < JOBS) {
      const place = ids.push('') - 1;
      ids[place] = (await submit(engine, [{ taskId: 't1' }, { taskId: 't2' }], { approve: false })).jobId;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return ids;
}

async function untilAnswered({ client }: Engine, jobId: string): Promise<void> {
  const handle = client.workflow.getHandle(jobWorkflowId(jobId));
  for (;;) {
    const answer = await client.connection
      .withDeadline(Date.now() + DEADLINE_MS, () => handle.query(jobQuery))
      .catch(() => null);
    if (answer?.state === 'awaiting_approval') return;
    if (answer) throw new Error(`job ${jobId} is ${answer.state}`);
  }
}

/** Keeps every core busy with work of the same priority while `use` runs. */
async function withBusyCores<T>(use: () => Promise<T>): Promise<T> {
  const program = fileURLToPath(new URL('../busy.js', import.meta.url));
  const busy = Array.from({ length: availableParallelism() }, () => fork(program));
  try {
    return await use();
  } finally {
    for (const child of busy) child.kill('SIGKILL');
  }
}
