import { setTimeout as wait } from 'node:timers/promises';
import { submit } from '../jobs.ts';
import { median, timed } from '../numbers.ts';
import { script, turnsOf } from '../script.ts';
import { withEngine } from '../engine.ts';
import type { Engine } from '../engine.ts';
import type { Row } from '../report.ts';
import type { WorkerRole } from '../../src/worker/options.ts';

const ROUNDS = 3;
const TURNS = 6;
const MODEL_MS = 400;
const ROLES: readonly WorkerRole[] = ['engine', 'workspace'];

/** What a job loses when a worker process is killed in the middle and started again at once. */
export async function* kills(): AsyncGenerator<Row> {
  const steps = script({ t1: turnsOf(TURNS, 'sleep 0.2; echo more >> notes.txt') }, MODEL_MS);
  const { whole, killed } = await withEngine({ script: steps }, async (engine) => {
    await timed(() => run(engine));
    const whole: number[] = [];
    const killed: Record<WorkerRole, number[]> = { engine: [], workspace: [] };
    for (let round = 0; round < ROUNDS; round++) {
      whole.push(await timed(() => run(engine)));
      for (const role of ROLES)
        killed[role].push(
          await timed(() => run(engine, { role, afterMs: (whole[0] ?? 0) * (0.4 + 0.1 * round) })),
        );
    }
    return { whole, killed };
  });
  for (const role of ROLES)
    yield {
      what: `time lost to kill -9 of the ${role} worker, started at once`,
      value: (median(killed[role]) - median(whole)) / 1_000,
      unit: 's',
      mark: { most: 3 },
      note: `${median(killed[role]).toFixed(0)} against ${median(whole).toFixed(0)} ms; medians of ${ROUNDS}`,
    };
}

async function run(engine: Engine, kill?: { role: WorkerRole; afterMs: number }): Promise<void> {
  const job = await submit(engine, [{ taskId: 't1' }]);
  const ended = job.ended();
  if (kill) {
    await wait(kill.afterMs);
    await engine.processes.killAndStart(kill.role);
  }
  await ended;
}
