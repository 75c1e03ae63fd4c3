import { profileOf } from '../histories.ts';
import { submit } from '../jobs.ts';
import { processorTime } from '../processor-time.ts';
import { script, turnsOf } from '../script.ts';
import { withEngine } from '../engine.ts';
import type { Row } from '../report.ts';

const TASKS = 20;
const TURNS = 20;

/** Turns a second with twenty tasks side by side: their commands, `true` in the sandbox, are part of it. */
export async function* parallel(): AsyncGenerator<Row> {
  const ids = Array.from({ length: TASKS }, (_, index) => `t${index + 1}`);
  const steps = Object.fromEntries(ids.map((taskId) => [taskId, turnsOf(TURNS, 'true')]));
  const { ends, processor } = await withEngine({ script: script(steps) }, async (engine) => {
    const before = processorTime() ?? Number.NaN;
    const job = await submit(
      engine,
      ids.map((taskId) => ({ taskId })),
      { maxParallel: TASKS },
    );
    await job.ended();
    const processor = (processorTime() ?? Number.NaN) - before;
    const profiles = await Promise.all(ids.map((taskId) => profileOf(engine.client, job.taskRun(taskId))));
    const ends = profiles.map(({ steps }) =>
      steps.filter((step) => step.name === 'runTools').map((step) => step.done),
    );
    return { ends, processor };
  });
  // While all of them take turns: after the last has begun and before the first is done.
  const from = Math.max(...ends.map((task) => task[0] ?? 0));
  const to = Math.min(...ends.map((task) => task.at(-1) ?? 0));
  const counted = ends.flat().filter((end) => end > from && end <= to).length;
  yield {
    what: `turns a second, ${TASKS} tasks in parallel`,
    value: (counted * 1_000) / (to - from),
    unit: '/s',
    mark: { least: 25 },
    note: `${counted} turns in ${((to - from) / 1_000).toFixed(1)} s, commands included`,
  };
  yield {
    what: '  processor time of a turn, all processes',
    value: processor / (TASKS * TURNS),
    unit: 'ms',
    note: 'server, workers, helpers, commands, and the job around the turns; it hardly depends on what else runs',
  };
}
