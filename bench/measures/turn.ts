import { profileOf, turnStarts } from '../histories.ts';
import { submit } from '../jobs.ts';
import { gaps, median, quantile } from '../numbers.ts';
import { script, turnsOf } from '../script.ts';
import { withEngine } from '../engine.ts';
import type { Engine } from '../engine.ts';
import type { Profile } from '../histories.ts';
import type { Row } from '../report.ts';

const TURNS = 25;

/** A lone task's turn without its model and its command, beside the least that its server can do in the same run. */
export async function* turn(): AsyncGenerator<Row> {
  yield* rowsOf('20 files', 75, await measured(20, 5));
  yield* rowsOf('20,000 files', 200, await measured(20_000, 3));
}

interface Measured {
  readonly turns: number[];
  readonly writing: number[];
  readonly substrate: number[];
  readonly commands: number[];
  readonly task: Profile;
  /** Events in the job from the task's start to its end. */
  readonly jobEvents: number;
}

function* rowsOf(size: string, most: number, found: Measured): Generator<Row> {
  const [turn, command, substrate] = [median(found.turns), median(found.commands), median(found.substrate)];
  const own = turn - command;
  const spread = `turn ${turn.toFixed(1)} (p90 ${quantile(found.turns, 0.9).toFixed(1)}) less command ${command.toFixed(1)}; ${found.turns.length} turns`;
  yield { what: `own time of a turn, ${size}`, value: own, unit: 'ms', mark: { most }, note: spread };
  yield {
    what: `  of a turn that writes a file, ${size}`,
    value: median(found.writing) - command,
    unit: 'ms',
  };
  yield {
    what: '  of which substrate',
    value: substrate,
    unit: 'ms',
    note: 'two empty activities on the same server',
  };
  yield { what: '  own time / substrate', value: own / substrate, unit: '×' };
  const perTurn = eventsPerTurn(found.task);
  yield { what: '  history events of a turn in its task', value: perTurn, unit: '', mark: { most: 14 } };
  yield { what: '  history bytes of a turn in its task', value: found.task.bytes / TURNS, unit: 'B' };
  yield {
    what: '  history events of a turn in its job',
    value: found.jobEvents / TURNS,
    unit: '',
    mark: { most: 2 },
    note: `${found.jobEvents} from the start of a task of ${TURNS} turns to its end`,
  };
}

const measured = (files: number, runs: number): Promise<Measured> =>
  withEngine(
    {
      script: script({ t1: turnsOf(TURNS, 'true'), t2: turnsOf(TURNS, 'echo more >> notes.txt') }),
      files,
      substrate: true,
    },
    async (engine) => {
      await lone(engine);
      const rounds = [];
      for (let round = 0; round < runs; round++)
        rounds.push({
          substrate: await substrateTurns(engine.client, round),
          commands: await engine.processes.commandTimes(15),
          ...(await lone(engine)),
        });
      const last = rounds.at(-1);
      if (last === undefined) throw new Error('nothing was measured');
      return {
        turns: rounds.flatMap(({ quiet }) => gaps(turnStarts(quiet, 'callModel'))),
        writing: rounds.flatMap(({ writing }) => gaps(turnStarts(writing, 'callModel'))),
        substrate: rounds.flatMap(({ substrate }) => substrate),
        commands: rounds.flatMap(({ commands }) => commands),
        task: last.quiet,
        jobEvents: eventsOfTask(last.job),
      };
    },
  );

/** A task whose commands change nothing, and after it one whose commands change a file. */
async function lone(engine: Engine): Promise<{ quiet: Profile; writing: Profile; job: Profile }> {
  const job = await submit(engine, [{ taskId: 't1' }, { taskId: 't2', dependsOn: ['t1'] }]);
  await job.ended();
  const [quiet, writing, whole] = await Promise.all(
    [job.taskRun('t1'), job.taskRun('t2'), `job:${job.jobId}`].map((run) => profileOf(engine.client, run)),
  );
  if (!quiet || !writing || !whole) throw new Error('a history is missing');
  return { quiet, writing, job: whole };
}

async function substrateTurns(client: Engine['client'], round: number): Promise<number[]> {
  const workflowId = `substrate:${round}`;
  await client.workflow.execute('substrateWorkflow', {
    workflowId,
    taskQueue: 'bench-engine',
    args: [TURNS],
  });
  const { steps } = await profileOf(client, workflowId);
  return gaps(steps.filter((_, index) => index % 2 === 0).map((step) => step.scheduled));
}

/** Between the first and the last model call, where nothing but turns happens. */
function eventsPerTurn({ steps }: Profile): number {
  const calls = steps.filter((step) => step.name === 'callModel');
  return ((calls.at(-1)?.event ?? 0) - (calls[0]?.event ?? 0)) / (calls.length - 1);
}

function eventsOfTask({ kinds }: Profile): number {
  const from = kinds.indexOf('startChildWorkflowExecutionInitiatedEventAttributes');
  return kinds.indexOf('childWorkflowExecutionCompletedEventAttributes') - from + 1;
}
