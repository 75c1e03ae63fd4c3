import { withEngine } from '../engine.ts';
import { submit } from '../jobs.ts';
import { PLAN, idealTurns, withBarriers } from '../makespan-plan.ts';
import { sum, timed } from '../numbers.ts';
import { script, turnsOf } from '../script.ts';
import type { Engine } from '../engine.ts';
import type { Row } from '../report.ts';
import type { SizedTask } from '../makespan-plan.ts';

const WORKERS = 5;
const MODEL_MS = 1_000;

/** A realistic job against the shortest time that its model calls allow, and against level barriers. */
export async function* makespan(): AsyncGenerator<Row> {
  const steps = Object.fromEntries(
    PLAN.map(({ taskId, turns }) => [taskId, turnsOf(turns, `echo more >> ${taskId}.txt`)]),
  );
  const { free, barred } = await withEngine({ script: script(steps, MODEL_MS) }, async (engine) => ({
    free: await seconds(engine, PLAN),
    barred: await seconds(engine, withBarriers(PLAN)),
  }));
  const ideal = (idealTurns(PLAN, WORKERS) * MODEL_MS) / 1_000;
  const turns = sum(PLAN.map((task) => task.turns));
  yield {
    what: `job of ${PLAN.length} tasks, ${WORKERS} workers: time / ideal makespan`,
    value: free / ideal,
    unit: '×',
    mark: { most: 1.1 },
    note: `${free.toFixed(1)} s against ${ideal} s; ${turns} turns of ${MODEL_MS / 1_000} s a call, each with a command and a commit`,
  };
  yield {
    what: '  the same plan with level barriers / without',
    value: barred / free,
    unit: '×',
    note: `${barred.toFixed(1)} s`,
  };
}

const seconds = async (engine: Engine, tasks: readonly SizedTask[]): Promise<number> =>
  (await timed(async () => {
    const job = await submit(engine, tasks, { maxParallel: WORKERS });
    await job.ended();
  })) / 1_000;
