import { profileOf } from '../histories.ts';
import { submit } from '../jobs.ts';
import { script, turnsOf } from '../script.ts';
import { withEngine } from '../engine.ts';
import type { Row } from '../report.ts';

const TURNS = 50;

/** The history of one long task, as the server counts it. */
export async function* longTask(): AsyncGenerator<Row> {
  const steps = { t1: turnsOf(TURNS, 'seq 1 300 | tee -a notes.txt') };
  const { events, bytes } = await withEngine({ script: script(steps) }, async (engine) => {
    const job = await submit(engine, [{ taskId: 't1' }]);
    await job.ended();
    return profileOf(engine.client, job.taskRun('t1'));
  });
  yield {
    what: `history events of a task of ${TURNS} turns`,
    value: events,
    unit: '',
    mark: { most: 1_000 },
  };
  yield {
    what: `history size of a task of ${TURNS} turns`,
    value: bytes / 1_000,
    unit: 'KB',
    mark: { most: 500 },
  };
}
