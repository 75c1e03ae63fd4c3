import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import protoUtils from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { calling, done, shell, withEngine } from '../support/engine.ts';
import { taskWorkflowId } from '../../src/workflows/messages.ts';
import { workflowOptions } from '../../src/worker/options.ts';

const FOLDER = path.join(import.meta.dirname, 'histories');
const STORED = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

const replay = (history: unknown): Promise<void> =>
  Worker.runReplayHistory({ workflowBundle: workflowOptions().workflowBundle }, history);

test.each(STORED)('the stored history %s replays with the workflows of today', async (name) => {
  await replay(JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8')));
});

/** With TUTTI_RECORD_HISTORIES the histories of this job become the stored ones. */
test('a job with a failure, a retry, a raise and a merge replays as it ran', () =>
  withEngine({ script: SCRIPT }, async ({ submit, client }) => {
    const job = await submit({ acceptanceCriteria: ['a.txt is right'], budget: 90_000 });
    await job.command('approve', { planRevision: 1, note: 'go' });
    await job.until((view) => view.waitingOn === 'person' || view.waitingOn === 'budget');
    await job.command('budget', { limit: 3_000_000, add: null });
    await job.until((view) => view.waitingOn === 'person');
    await job.command('retry', { taskId: 't1', feedback: 'Write right.' });
    expect((await job.ended()).state).toBe('completed');
    for (const [name, workflowId] of [
      ['job', `job:${job.jobId}`],
      ['planner', taskWorkflowId(job.jobId, 'plan', 1)],
      ['task-failed', taskWorkflowId(job.jobId, 't1', 1)],
      ['task-retried', taskWorkflowId(job.jobId, 't1', 2)],
    ] as const) {
      const history = await client.workflow.getHandle(workflowId).fetchHistory();
      await replay(history);
      if (process.env['TUTTI_RECORD_HISTORIES'])
        writeFileSync(path.join(FOLDER, `${name}.json`), protoUtils.historyToJSON(history));
    }
  }));

const SCRIPT = {
  steps: {
    plan: [
      shell('ls'),
      calling('submit_plan', {
        summary: 'Two tasks.',
        tasks: [
          { title: 'one', instructions: 'one', depends_on: [], files: ['a.txt'], checks: ['k1'] },
          { title: 'two', instructions: 'two', depends_on: [], files: ['b.txt'], checks: [] },
        ],
        checks: [{ check_id: 'k1', criterion_id: 'c1', kind: 'command', command: 'grep -q right a.txt' }],
      }),
    ],
    t1: [shell('echo wrong > a.txt'), done],
    't1/2': [shell('echo right > a.txt'), done],
    t2: [shell('echo b > b.txt'), done],
  },
};
