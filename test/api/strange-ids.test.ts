import { ROUTES } from '../../src/contract/routes.ts';
import { paramsOf } from '../../src/contract/route.ts';
import { withApi, withDoor } from '../support/api.ts';
import { until } from '../support/server.ts';
import type { Route } from '../../src/contract/route.ts';

const STRANGE = [
  '..%2f..%2f..%2fetc%2fpasswd',
  '%2e%2e%2fjobs',
  '%00',
  'j%00234567ab',
  'x'.repeat(10_000),
  'job:j12345678a',
  '-1',
  '%24%28id%29',
  '%F0%9F%92%A9',
];

const withParams = Object.values(ROUTES as Record<string, Route>).filter(
  (route) => paramsOf(route.path).length > 0,
);

test('a strange id on any route is a job, task or turn that does not exist, and nothing is asked', () =>
  withDoor(async (api) => {
    expect(withParams.length).toBeGreaterThan(10);
    for (const { method, path } of withParams)
      for (const strange of STRANGE)
        for (const name of paramsOf(path)) {
          // Ids before it are well formed, and those after it too.
          const to = path.replace(/\{(\w+)\}/g, (_, param: string) =>
            param === name ? strange : param === 'job_id' ? 'j12345678a' : param === 'task_id' ? 't1' : '1',
          );
          if (name === 'n' || (name === 'task_id' && method === 'GET')) continue;
          const body = method === 'POST' ? bodyOf(path) : undefined;
          const { status, json } = await api.request(method, to, { body });
          const code = name === 'task_id' ? 'task_not_found' : 'job_not_found';
          expect([method, to.slice(0, 80), status, json?.['code']]).toEqual([
            method,
            to.slice(0, 80),
            404,
            code,
          ]);
        }
  }));

/** What the route needs, so that only the id is wrong. */
const bodyOf = (path: string): Record<string, unknown> => (path.endsWith('/budget') ? { limit_usd: 1 } : {});

test('a strange task or turn of a job that is there does not exist, on any route', () =>
  withApi({}, async (api, { repo }) => {
    const client = api.as();
    const { job_id } = await client.submit({
      body: {
        title: 'Wait',
        description: 'Wait.',
        provider: 'outline',
        repository: repo,
        plan: { tasks: [{ title: 'Sleep', instructions: '```sh\nsleep 600\n```' }] },
        auto_approve: true,
      },
    });
    await until(
      async () => (await client.status({ job_id })).tasks[0]?.state === 'running',
      'the task to run',
    );
    for (const { method, path } of withParams)
      for (const name of paramsOf(path).filter((param) => param !== 'job_id'))
        for (const strange of STRANGE) {
          const to = path.replace(/\{(\w+)\}/g, (_, param: string) =>
            param === name ? strange : param === 'job_id' ? job_id : param === 'task_id' ? 't1' : '1',
          );
          const { status, json } = await api.request(method, to, method === 'GET' ? {} : { body: {} });
          const code = name === 'n' ? 'turn_not_found' : 'task_not_found';
          expect([method, to.slice(0, 80), status, json?.['code']]).toEqual([
            method,
            to.slice(0, 80),
            404,
            code,
          ]);
        }

    // The job runs: it is deleted with force only, and then it is gone.
    const kept = await api.request('DELETE', `/orchestrate/${job_id}`);
    expect([kept.status, kept.json]).toMatchObject([409, { code: 'job_running', state: 'running' }]);
    const falsely = await api.request('DELETE', `/orchestrate/${job_id}?force=yes`);
    expect([falsely.status, falsely.json?.['code']]).toEqual([400, 'invalid_query']);
    expect((await client.status({ job_id })).state).toBe('running');
    const [once, twice] = await Promise.all([
      api.request('DELETE', `/orchestrate/${job_id}?force=true`),
      api.request('DELETE', `/orchestrate/${job_id}?force=true`),
    ]);
    expect([200, 202]).toContain(once.status);
    expect([200, 202, 404]).toContain(twice.status);
    await until(
      async () => (await api.request('GET', `/orchestrate/${job_id}`)).status === 404,
      'the job to be gone',
    );
    const again = await api.request('DELETE', `/orchestrate/${job_id}?force=true`);
    expect([again.status, again.json?.['code']]).toEqual([404, 'job_not_found']);
    expect((await client.jobs()).jobs).toEqual([]);
  }));
