import { ApiError } from '../../src/contract/api-error.ts';
import { withApi } from '../support/api.ts';
import { sh } from '../support/repository.ts';

/** A server drops a closed run only when it has noted that the run's tasks are done, by default every half minute. */
const PROMPT_DELETION = {
  'history.transferProcessorUpdateAckInterval': '"1s"',
  'history.visibilityProcessorUpdateAckInterval': '"1s"',
};

const task = (script: string, more: Record<string, unknown> = {}) => ({
  title: `run ${script.split(' ')[0]}`,
  instructions: `\`\`\`sh\n${script}\n\`\`\``,
  ...more,
});

test('a spec is submitted, approved, watched to its end, read and deleted', () =>
  withApi({ settings: PROMPT_DELETION }, async (api, { repo, base, client }) => {
    const ana = api.as();
    const submitted = await ana.submit({
      body: {
        title: 'Two files',
        description: 'Make two files.',
        provider: 'outline',
        acceptance_criteria: ['b.txt exists'],
        repository: repo,
        labels: { team: 'blue' },
        plan: {
          tasks: [task('echo x > a.txt'), task('cat a.txt > b.txt', { depends_on: ['t1'], checks: ['k1'] })],
          checks: [{ check_id: 'k1', criterion_id: 'c1', command: 'test -s b.txt' }],
        },
      },
    });
    const { job_id } = submitted;
    expect(submitted).toMatchObject({
      state: 'awaiting_approval',
      budget: { limit_usd: 5, spent_usd: 0 },
      max_workers: 3,
      max_attempts: 1,
      base_sha: base,
      repository: { path: repo, url: null, base: 'main' },
      plan: { revision: 1, source: 'given', tasks: [{ task_id: 't1', model: 'outline' }, { task_id: 't2' }] },
    });
    expect((await ana.jobs()).jobs).toMatchObject([{ job_id, state: 'awaiting_approval' }]);

    const types: string[] = [];
    const following = (async () => {
      for await (const event of ana.events({ job_id })) types.push(event.type);
    })();
    expect(await ana.approve({ job_id, body: { plan_revision: 1 } })).toEqual({ job_id, state: 'running' });
    const done = await ana.status({ job_id, until: 'completed', wait_s: 30 });
    expect(done).toMatchObject({
      state: 'completed',
      progress: { completed: 2, total: 2 },
      criteria: [{ criterion_id: 'c1', text: 'b.txt exists', check_ids: ['k1'], state: 'met' }],
      approval: { by: 'ana', plan_revision: 1 },
      delivery: { branch: `tutti/${job_id}`, state: 'delivered' },
    });
    expect(done.tasks[1]?.head_sha).toBe(await sh(repo, `git rev-parse tutti/${job_id}`));
    await following;
    expect(types.at(-1)).toBe('job.state');
    expect(types.filter((type) => type === 'merge.finished')).toHaveLength(2);

    expect(await ana.diff({ job_id })).toContain('+++ b/b.txt');
    expect(await ana.taskDiff({ job_id, task_id: 't2' })).not.toContain('a.txt\n');
    expect(await ana.diff({ job_id, format: 'mbox' })).toContain('Subject:');
    const { turns } = await ana.turns({ job_id, task_id: 't1' });
    expect(turns[0]).toMatchObject({ n: 1, model: 'outline' });
    const turn = await ana.turn({ job_id, task_id: 't1', n: 1 });
    expect(turn.tool_calls[0]).toMatchObject({ name: 'bash', is_error: false });
    expect(await ana.log({ job_id, task_id: 't1' })).toContain('echo x > a.txt');
    expect((await ana.jobs({ label: 'team=blue', state: 'completed' })).jobs).toMatchObject([
      { job_id, title: 'Two files' },
    ]);
    expect((await ana.jobs({ label: 'team=red' })).jobs).toEqual([]);
    expect((await ana.jobs({ archived: 'true' })).jobs).toMatchObject([{ job_id, state: 'completed' }]);
    await expect(ana.approve({ job_id })).rejects.toMatchObject({
      status: 409,
      code: 'not_awaiting_approval',
      state: 'completed',
    });

    const deleted = await ana.delete({ job_id });
    expect(deleted).toMatchObject({ job_id, deleted: true });
    expect(deleted.dropped.length).toBeGreaterThan(0);
    await expect(ana.status({ job_id })).rejects.toThrow(ApiError);
    expect((await ana.jobs()).jobs).toEqual([]);
    await expect(ana.delete({ job_id })).rejects.toMatchObject({ status: 404, code: 'job_not_found' });
    expect(await sh(repo, `git show tutti/${job_id}:b.txt`)).toBe('x');

    const patience = Date.now() + 15_000;
    const left = () =>
      client.workflow.count(`WorkflowId = 'job:${job_id}' OR WorkflowId STARTS_WITH 'task:${job_id}:'`);
    let { count } = await left();
    while (count > 0 && Date.now() < patience) ({ count } = await left());
    expect(count).toBe(0);
  }));
