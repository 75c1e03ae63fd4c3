import { done, givenPlan, shell, specFor, withEngine } from '../support/engine.ts';
import { sh } from '../support/repository.ts';
import { ENGINE_QUEUE, taskWorkflowId } from '../../src/workflows/messages.ts';
import { NO_USAGE } from '../../src/domain/prices.ts';
import { beginAttempt } from '../../src/workflows/task/attempt.ts';
import { openPurse } from '../../src/domain/purse.ts';
import type { Model } from '../../src/domain/spec.ts';
import type { TaskTerms } from '../../src/workflows/task/attempt.ts';
import type { taskWorkflow } from '../../src/workflows/task.ts';
import { reservedOf, spentOf } from '../../src/domain/ledger.ts';

/** Temporal suggests to continue as new after so few events that every workflow here does so several times. */
const soon = { 'limit.historyCount.suggestContinueAsNew': 60 };

test(
  'a job and its tasks continue as new with work in flight and lose nothing',
  () =>
    withEngine(
      {
        settings: soon,
        script: {
          steps: Object.fromEntries(
            Array.from({ length: 6 }, (_, index) => [
              `t${index + 1}`,
              [...Array.from({ length: 12 }, (_, turn) => shell(`echo ${turn} >> ${index + 1}.txt`)), done],
            ]),
          ),
        },
      },
      async ({ submit, repo, client }) => {
        const tasks = Array.from({ length: 6 }, (_, index) => ({
          script: '',
          check: `test $(wc -l < ${index + 1}.txt) = 12`,
          after: index > 2 ? [`t${index - 2}`] : [],
        }));
        const job = await submit({ autoApprove: true, plan: givenPlan(tasks) });
        const view = await job.ended(90);
        expect(view.state).toBe('completed');
        expect(view.tasks.map((task) => [task.attempts.length, task.attempts[0]?.turns])).toEqual(
          tasks.map(() => [1, 13]),
        );
        expect(reservedOf(view.ledger)).toBe(0);
        expect(spentOf(view.ledger)).toBeGreaterThan(0);
        expect(await sh(repo, `git show tutti/${job.jobId}:6.txt | wc -l`)).toBe('12');
        const runs = async (workflowId: string): Promise<number> => {
          let count = 0;
          for await (const _ of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) count += 1;
          return count;
        };
        expect(await runs(`job:${job.jobId}`)).toBeGreaterThan(2);
        expect(await runs(taskWorkflowId(job.jobId, 't6', 1))).toBeGreaterThan(2);
        const events = await job.events();
        expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
      },
    ),
  120_000,
);

test('an attempt that has parked waits on without a timer, so that waiting costs no further runs', () =>
  withEngine({}, async ({ client, base, repo }) => {
    const { source, models } = await specFor(repo);
    const place = { hub: source.hub, jobId: 'j000000000', taskId: 't1', attempt: 1 };
    const start = { taskId: 't1', attempt: 1, tranche: 0, feedback: null, from: null };
    const terms: TaskTerms = {
      place,
      title: 'one',
      payer: 'job:j000000000',
      agentRole: 'builder',
      provider: 'scripted',
      model: models[0] as Model,
      source,
      baseSha: base,
      specSha: base,
      planSha: base,
      setupKey: null,
      network: 'none',
      turns: 10,
      start,
    };
    const attempt = { ...beginAttempt(terms, openPurse(0), NO_USAGE), phase: 'merging', seq: 1 } as const;
    const handle = await client.workflow.start<typeof taskWorkflow>('taskWorkflow', {
      workflowId: 'task:j000000000:t1:1',
      taskQueue: ENGINE_QUEUE,
      args: [{ kind: 'continued', attempt }],
    });
    const events = async () => (await handle.fetchHistory()).events ?? [];
    while (!(await events()).some((event) => event.workflowTaskCompletedEventAttributes))
      await handle.describe();
    expect((await events()).filter((event) => event.timerStartedEventAttributes)).toEqual([]);
    await handle.terminate();
  }));
