import { withApi, withServer } from '../support/api.ts';
import { calling, done, shell } from '../support/engine.ts';
import type { WireEvent } from '../../src/contract/events.ts';

const plan = calling('submit_plan', {
  summary: 'One.',
  tasks: [{ title: 'one', instructions: 'Do it.', depends_on: [], files: [], checks: [] }],
  checks: [],
});
const outlined = {
  title: 'A job',
  description: '## Tasks\n\n- a\n\n  ```sh\n  true\n  ```\n',
  provider: 'outline' as const,
};
const spec = { title: 'A job', description: 'Do it.', provider: 'scripted' as const };

test('while a planner thinks, status says what it does and costs, and a reader is told of the plan at once', () =>
  withApi(
    { script: { steps: { plan: [shell('ls'), { ...plan, delay_ms: 1_500 }], t1: [done] } } },
    async (api, { repo }) => {
      const ana = api.as();
      const { job_id, state } = await ana.submit({ body: { ...spec, repository: repo }, respondAsync: true });
      expect(state).toBe('planning');
      await expect(ana.plan({ job_id })).rejects.toMatchObject({ code: 'plan_not_ready', retryAfter: 5 });
      let status = await ana.status({ job_id });
      while (!status.activity?.turn) status = await ana.status({ job_id });
      expect(status).toMatchObject({
        state: 'planning',
        activity: { turn: 1, cost_usd: expect.any(Number) },
      });
      expect(status.activity?.cost_usd).toBeGreaterThan(0);
      expect((await ana.turns({ job_id, task_id: 'plan' })).turns).toMatchObject([{ n: 1 }]);
      expect(await ana.log({ job_id, task_id: 'plan' })).toContain('> bash ls');

      const waited = await ana.status({ job_id, until: 'awaiting_approval' });
      const late = Date.now() - Date.parse(waited.updated_at);
      expect(waited.state).toBe('awaiting_approval');
      expect(late).toBeLessThan(1_000);
      expect(waited.budget.spent_usd).toBeGreaterThan(0);
    },
  ));

test('a stream tells of turns without an id, resumes after any event, and shows the state to who is behind', () =>
  withApi(
    { script: { delay_ms: 700, steps: { plan: [plan], t1: [shell('ls'), shell('ls -a'), done] } } },
    async (api, { repo }) => {
      const ana = api.as();
      const { job_id } = await ana.submit({ body: { ...spec, repository: repo, auto_approve: true } });
      const all = await eventsOf(ana.events({ job_id }));
      const turns = all.filter((event) => event.type === 'turn.finished');
      expect(turns.length).toBeGreaterThan(0);
      expect(turns[0]).toMatchObject({
        id: null,
        data: { task_id: 't1', attempt: 1, n: expect.any(Number) },
      });
      const ids = all.flatMap(({ id }) => (id === null ? [] : [id]));
      expect(ids).toEqual(ids.map((_, index) => index + 1));
      expect(all.at(-1)).toMatchObject({ type: 'job.state', data: { state: 'completed' } });

      await ana.status({ job_id, until: 'completed' });
      const rest = await eventsOf(ana.events({ job_id, after: 2 }));
      expect(rest.map(({ id }) => id)).toEqual(ids.slice(2));
      expect(await eventsOf(ana.events({ job_id, after: ids.length }))).toEqual([]);
    },
  ));

test('jobs come newest first, page by page, and what this server has just done is there at once', () =>
  withApi({}, async (api, { repo }) => {
    const ana = api.as();
    const body = { ...outlined, repository: repo };
    const made: string[] = [];
    for (let n = 0; n < 5; n++) {
      const { job_id } = await ana.submit({
        body: { ...body, labels: { n: `${n % 2}` } },
        respondAsync: true,
      });
      made.unshift(job_id);
      expect((await ana.jobs()).jobs.map((job) => job.job_id)).toEqual(made);
    }
    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await ana.jobs({ limit: 2, ...(cursor !== undefined && { cursor }) });
      pages.push(page.jobs.map((job) => job.job_id));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(pages).toEqual([made.slice(0, 2), made.slice(2, 4), made.slice(4)]);
    expect((await ana.jobs({ label: 'n=1' })).jobs).toHaveLength(2);
    expect((await ana.jobs({ label: 'n' })).jobs).toHaveLength(5);
    expect((await ana.jobs({ repository: repo, kind: 'development' })).jobs).toHaveLength(5);
    expect((await ana.jobs({ kind: 'training' })).jobs).toEqual([]);
    expect((await ana.jobs({ repository: '/elsewhere' })).jobs).toEqual([]);

    await ana.cancel({ job_id: made[0] ?? '' });
    await ana.status({ job_id: made[0] ?? '', until: 'cancelled' });
    expect((await ana.jobs({ state: 'cancelled' })).jobs.map((job) => job.job_id)).toEqual([made[0]]);
    const { providers } = await ana.providers();
    expect(providers.map(({ id, configured, default: isDefault }) => [id, configured, isDefault])).toEqual([
      ['anthropic', false, false],
      ['openai', false, false],
      ['outline', true, true],
      ['scripted', true, false],
    ]);
  }));

test('the list of another process is the same once visibility has caught up', () =>
  withApi({}, async (api, engine) => {
    const { job_id } = await api.as().submit({ body: { ...outlined, repository: engine.repo } });
    await withServer(engine.config, engine.temporal, {}, async (other) => {
      const bo = other.as('bo');
      const patience = Date.now() + 10_000;
      let { jobs } = await bo.jobs();
      while (jobs[0]?.state !== 'awaiting_approval' && Date.now() < patience) ({ jobs } = await bo.jobs());
      expect(jobs).toEqual((await api.as().jobs()).jobs);
      expect(jobs).toMatchObject([
        { job_id, title: 'A job', budget: { limit_usd: 5 }, progress: { pending: 1, total: 1 } },
      ]);
    });
  }));

async function eventsOf(events: AsyncIterable<WireEvent>): Promise<WireEvent[]> {
  const all: WireEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}
