import { calling, done, givenPlan, shell, withEngine } from '../support/engine.ts';

const plan = (tasks: readonly Record<string, unknown>[]) =>
  calling('submit_plan', { summary: 'A plan.', tasks, checks: [], setup: [] });
const task = (title: string, more: Record<string, unknown> = {}) => ({
  title,
  instructions: title,
  depends_on: [],
  files: [],
  checks: [],
  ...more,
});

test('a plan that cannot be carried out goes back with its errors and is repaired', () =>
  withEngine(
    {
      script: {
        steps: {
          plan: [
            plan([
              task('a', { task_id: 'a', depends_on: ['b'] }),
              task('b', { task_id: 'b', depends_on: ['a'] }),
            ]),
            { calls: [{ name: 'submit_plan', input: { tasks: 'none' } }] },
            plan([task('a')]),
          ],
        },
      },
    },
    async ({ submit }) => {
      const view = await (await submit()).view();
      expect(view.state).toBe('awaiting_approval');
      expect(view.tasks).toHaveLength(1);
    },
  ));

test('a planner that is wrong three times fails its job with what was wrong', () =>
  withEngine(
    {
      script: {
        steps: {
          plan: [
            plan([task('a', { depends_on: ['t9'] })]),
            plan([]),
            plan([task('a', { depends_on: ['t7'] })]),
          ],
        },
      },
    },
    async ({ submit }) => {
      const view = await (await submit()).ended();
      expect(view.state).toBe('failed');
      expect(view.planner.state).toMatchObject({ kind: 'failed', error: { code: 'plan_invalid' } });
      expect(view.stage).toMatchObject({ as: { reason: expect.stringContaining('"t7" is not a task') } });
    },
  ));

test('a model that refuses, or that stops without a result, fails its task and says so', () =>
  withEngine(
    {
      script: { steps: { t1: [{ text: 'No.', stop: 'refusal' }], t2: [{ text: 'Hm.' }, { text: 'Well.' }] } },
    },
    async ({ submit }) => {
      const job = await submit({ autoApprove: true, plan: givenPlan([{ script: '' }, { script: '' }]) });
      const view = await job.until((now) => now.state === 'needs_attention');
      expect(view.tasks.map((one) => one.state)).toMatchObject([
        { error: { code: 'provider_refused' } },
        { error: { code: 'gave_up', detail: expect.stringContaining('Well.') } },
      ]);
    },
  ));

test('a signal approves the revision that it names; a stale or bare one is recorded and ignored', () =>
  withEngine(
    { script: { steps: { plan: [plan([task('a')])], t1: [shell('echo a > a'), done] } } },
    async ({ submit, client }) => {
      const job = await submit();
      const handle = client.workflow.getHandle(`job:${job.jobId}`);
      await handle.signal('approvePlan');
      await handle.signal('approvePlan', { plan_revision: 7 });
      await handle.signal('approvePlan', { plan_revision: 1 });
      const view = await job.ended();
      expect(view).toMatchObject({ state: 'completed', approval: { by: 'temporal', planRevision: 1 } });
      const ignored = (await job.events()).filter((event) => event.type === 'approval.ignored');
      expect(ignored.map((event) => event.data['reason'])).toEqual([
        'the signal carries no plan_revision',
        expect.stringContaining('revision 7 was given'),
      ]);
    },
  ));

test('commands that the state forbids are refused with what is allowed, and leave nothing', () =>
  withEngine({ script: { steps: { plan: [plan([task('a')])] } } }, async ({ submit }) => {
    const job = await submit();
    const refusal = (code: string) =>
      expect.objectContaining({ cause: expect.objectContaining({ type: code }) });
    await expect(job.command('approve', { planRevision: 2, note: null })).rejects.toEqual(
      refusal('stale_revision'),
    );
    await expect(job.command('retry', { taskId: 't1', feedback: null })).rejects.toEqual(
      refusal('not_retryable'),
    );
    await expect(job.command('budget', { limit: 1, add: null })).rejects.toEqual(refusal('invalid_field'));
    await job.command('reject', { reason: 'no' });
    expect((await job.ended()).state).toBe('rejected');
  }));

test('a job that is cancelled from the Temporal UI stops its tasks and keeps its record', () =>
  withEngine({}, async ({ submit, client }) => {
    const job = await submit({
      provider: 'outline',
      autoApprove: true,
      plan: givenPlan([{ script: 'sleep 600' }]),
    });
    await job.until((view) => view.tasks[0]?.state.kind === 'running');
    await client.workflow.getHandle(`job:${job.jobId}`).cancel();
    const view = await job.ended();
    expect(view).toMatchObject({ state: 'cancelled', tasks: [{ state: { kind: 'cancelled' } }] });
    await client.workflow.getHandle(`job:${job.jobId}`).result();
  }));
