import { withDoor } from '../support/api.ts';
import { sh } from '../support/repository.ts';
import type { Answered, Api } from '../support/api.ts';

const SPEC = { title: 'A job', description: 'Do it.', provider: 'anthropic' };
const env = { ANTHROPIC_API_KEY: 'k' };

const submit = (api: Api, more: Record<string, unknown>): Promise<Answered> =>
  api.request('POST', '/orchestrate/submit', { body: { ...SPEC, ...more } });

const pointers = ({ json }: Answered): unknown[] =>
  ((json?.['errors'] ?? []) as { pointer: string }[]).map((error) => error.pointer);

/** Every body that must be refused: the field, its value, and the field that the answer points to. */
const FIELDS: readonly [field: string, value: unknown, pointer?: string][] = [
  ['title', undefined],
  ['title', ''],
  ['title', '   '],
  ['title', 'x'.repeat(201)],
  ['title', 7],
  ['title', 'a\0b'],
  ['description', undefined],
  ['description', null],
  ['description', 'x'.repeat(200_001)],
  ['constraints', 'one'],
  ['constraints', ['fine', ''], '/constraints/1'],
  ['acceptance_criteria', [7], '/acceptance_criteria/0'],
  ['max_workers', 0],
  ['max_workers', 65],
  ['max_workers', 1.5],
  ['max_workers', '3'],
  ['max_attempts', 0],
  ['max_attempts', 11],
  ['budget_usd', 0],
  ['budget_usd', -1],
  ['budget_usd', 'NaN'],
  ['budget_usd', 1e308],
  ['provider', 'acme'],
  ['model', ''],
  ['network', 'some'],
  ['labels', { a: 1 }, '/labels/a'],
  ['labels', Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`k${n}`, 'v']))],
  ['auto_approve', 'yes'],
  ['checks', [''], '/checks/0'],
  ['setup', 'npm ci'],
  ['repository', 7],
  ['repository', {}],
  ['repository', { path: '/a', url: 'https://example.org/a' }],
  ['repository', { path: '/a', branch: 'main' }, '/repository/branch'],
  ['plan', { tasks: [] }, '/plan/tasks'],
  ['plan', { tasks: [{ title: '' }] }, '/plan/tasks/0/title'],
  ['plan', { tasks: [{ title: 'a', depnds_on: [] }] }, '/plan/tasks/0/depnds_on'],
  ['plan', { tasks: Array.from({ length: 501 }, () => ({ title: 'a' })) }, '/plan/tasks'],
  ['budget', 5],
];

test('a field that is missing, empty, blank, too long, of the wrong type or unknown is pointed at', () =>
  withDoor(
    async (api) => {
      for (const [field, value, pointer = `/${field}`] of FIELDS) {
        const answered = await submit(api, { [field]: value });
        expect([field, value, answered.status, answered.json?.['code'], pointers(answered)]).toEqual([
          field,
          value,
          422,
          'invalid_field',
          [pointer],
        ]);
        expect(answered.headers.get('content-type')).toContain('application/problem+json');
      }
    },
    { env },
  ));

test('an unknown field is named with the nearest known one', () =>
  withDoor(
    async (api) => {
      const { json } = await submit(api, { buget_usd: 5 });
      expect(json?.['detail']).toContain('did you mean "budget_usd"?');
    },
    { env },
  ));

test('a body that is no JSON, too large or of another type is refused as such', () =>
  withDoor(async (api) => {
    const send = async (body: string, headers: Record<string, string> = {}) => {
      const { status, json } = await api.request('POST', '/orchestrate/submit', { body, headers });
      return [status, json?.['code']];
    };
    expect(await send('{"title": ')).toEqual([400, 'invalid_json']);
    expect(await send('{"budget_usd": NaN}')).toEqual([400, 'invalid_json']);
    expect(await send('"a text"')).toEqual([422, 'invalid_field']);
    expect(await send('[]')).toEqual([422, 'invalid_field']);
    expect(await send('null')).toEqual([422, 'invalid_field']);
    expect(await send('x'.repeat(20_000_000))).toEqual([413, 'body_too_large']);
    expect(await send('title=x', { 'content-type': 'application/x-www-form-urlencoded' })).toEqual([
      415,
      'unsupported_media_type',
    ]);
    expect(await send('{}', { 'content-type': 'application/json; charset=koi8-r' })).toEqual([
      415,
      'unsupported_media_type',
    ]);
    expect(await send('{}', { 'content-encoding': 'nonsense' })).toEqual([415, 'unsupported_media_type']);
  }));

test('a repository that cannot be used is refused with a pointer', () =>
  withDoor(
    async (api, { dir, repo }) => {
      await sh(dir, 'mkdir plain empty && git init -q empty');
      const cases: [unknown, string][] = [
        [`${dir}/nowhere`, '/repository'],
        [`${dir}/plain`, '/repository'],
        [`${dir}/empty`, '/repository'],
        ['relative/path', '/repository'],
        [{ path: repo, base: 'nope' }, '/repository/base'],
        [{ path: repo, base: '--upload-pack=x' }, '/repository/base'],
        ['ext::sh -c id', '/repository'],
        [{ url: 'ext::sh -c id' }, '/repository/url'],
        ['javascript://x', '/repository'],
        [{ url: '--upload-pack=touch /tmp/x' }, '/repository/url'],
        ['https://127.0.0.1:1/none.git', '/repository'],
      ];
      for (const [repository, pointer] of cases) {
        const answered = await submit(api, { repository });
        expect([repository, answered.status, answered.json?.['code'], pointers(answered)]).toEqual([
          repository,
          422,
          'repository_unusable',
          [pointer],
        ]);
      }
    },
    { env },
  ));

test('a repository that is not on the list is refused when the server is not on loopback', () =>
  withDoor(
    async (api, { repo }) => {
      const answered = await submit(api, { repository: repo });
      expect([answered.status, answered.json?.['code'], pointers(answered)]).toEqual([
        403,
        'repository_not_allowed',
        ['/repository'],
      ]);
    },
    { env: { ...env, TUTTI_HOST: '0.0.0.0' } },
  ));

test('a provider that is not configured, a model without a price and a budget for no call are refused', () =>
  withDoor(
    async (api) => {
      const missing = await submit(api, { provider: 'openai' });
      expect([missing.status, missing.json?.['code'], pointers(missing)]).toEqual([
        422,
        'provider_unavailable',
        ['/provider'],
      ]);
      expect(missing.json?.['detail']).toContain('OPENAI_API_KEY or OPENAI_BASE_URL');

      const unpriced = await submit(api, { model: 'claude-sonnet-5-5' });
      expect([unpriced.status, unpriced.json?.['code'], pointers(unpriced)]).toEqual([
        422,
        'model_unpriced',
        ['/model'],
      ]);
      expect(unpriced.json?.['detail']).toContain('models:\n  "claude-sonnet-5-5":\n    provider: anthropic');

      const poor = await submit(api, { budget_usd: 0.001 });
      expect([poor.status, poor.json?.['code'], pointers(poor)]).toEqual([
        422,
        'budget_too_small',
        ['/budget_usd'],
      ]);
    },
    { env },
  ));

test('a plan that cannot be carried out is refused with a pointer to each reason', () =>
  withDoor(async (api, { repo }) => {
    const given = (plan: unknown) => submit(api, { provider: 'outline', repository: repo, plan });
    const shell = { instructions: '```sh\ntrue\n```' };
    const cycle = await given({
      tasks: [
        { title: 'a', depends_on: ['t2'], ...shell },
        { title: 'b', depends_on: ['t1'], ...shell },
      ],
    });
    expect([cycle.status, cycle.json?.['code'], pointers(cycle)]).toEqual([
      422,
      'plan_invalid',
      ['/plan/tasks'],
    ]);
    const several = await given({
      tasks: [
        { task_id: 'x', title: 'a', depends_on: ['y'], ...shell },
        { task_id: 'x', title: 'b', checks: ['k'], files: ['../etc'], ...shell },
      ],
      checks: [{ check_id: 'c', criterion_id: 'c9', command: 'true' }],
    });
    expect(pointers(several)).toEqual([
      '/plan/tasks/0/depends_on/0',
      '/plan/tasks/1/task_id',
      '/plan/tasks/1/checks/0',
      '/plan/tasks/1/files/0',
      '/plan/checks/0/criterion_id',
    ]);
    const prose = await given({ tasks: [{ title: 'Write a poem' }] });
    expect(pointers(prose)).toEqual(['/plan/tasks/0/instructions']);
    const outline = await submit(api, { provider: 'outline', description: '## Tasks\n\n- Write a poem' });
    expect([outline.status, outline.json?.['code'], pointers(outline)]).toEqual([
      422,
      'plan_invalid',
      ['/description'],
    ]);
    expect(outline.json?.['detail']).toContain('t1 ("Write a poem")');
  }));

test('a strange id is a job or task that does not exist', () =>
  withDoor(async (api) => {
    for (const id of [
      '..%2f..%2fetc',
      '%00',
      'j%00234567',
      'x'.repeat(10_000),
      'J12345678a',
      'jobs%20',
      '%F0%9F%92%A9',
      "j'; DROP",
    ])
      for (const [method, path] of [
        ['GET', `/orchestrate/${id}`],
        ['GET', `/orchestrate/${id}/task/t1/log`],
        ['POST', `/orchestrate/${id}/approve`],
        ['DELETE', `/orchestrate/${id}`],
      ] as const) {
        const { status, json } = await api.request(method, path);
        expect([method, path, status, json?.['code']]).toEqual([method, path, 404, 'job_not_found']);
      }
    const undecodable = await api.request('GET', '/orchestrate/%E0%A4%A');
    expect([undecodable.status, undecodable.json?.['code']]).toEqual([404, 'not_found']);
    const task = await api.request('POST', '/orchestrate/j12345678a/task/..%2ft1/retry', { body: {} });
    expect([task.status, task.json?.['code']]).toEqual([404, 'task_not_found']);
  }));

test('a query that cannot be read is refused before anything is asked', () =>
  withDoor(async (api) => {
    for (const path of [
      '/orchestrate/jobs?limit=0',
      '/orchestrate/jobs?limit=501',
      '/orchestrate/jobs?limit=many',
      '/orchestrate/jobs?limit=1&limit=2',
      '/orchestrate/jobs?state=done',
      '/orchestrate/jobs?cursor=xyz',
      '/orchestrate/jobs?stat=running',
      '/orchestrate/j12345678a/status?wait_s=56',
      '/orchestrate/j12345678a/status?until=done',
      '/orchestrate/j12345678a/events?after=-1',
      '/orchestrate/j12345678a/diff?format=pdf',
      '/orchestrate/j12345678a/task/t1/log?tail=0',
    ]) {
      const { status, json } = await api.request('GET', path);
      expect([path, status, json?.['code']]).toEqual([path, 400, 'invalid_query']);
    }
    const id = await api.request('GET', '/orchestrate/j12345678a/events', {
      headers: { 'last-event-id': 'x' },
    });
    expect([id.status, id.json?.['code']]).toEqual([400, 'invalid_query']);
    const key = await api.request('POST', '/orchestrate/j12345678a/approve', {
      headers: { 'idempotency-key': 'x'.repeat(256) },
    });
    expect([key.status, key.json?.['code']]).toEqual([422, 'invalid_field']);
  }));

test('a path that is not there and a method that is not possible say what is', () =>
  withDoor(async (api) => {
    const nowhere = await api.request('GET', '/orchestrate');
    expect([nowhere.status, nowhere.json?.['code']]).toEqual([404, 'not_found']);
    const put = await api.request('PUT', '/orchestrate/jobs');
    expect([put.status, put.json?.['code'], put.headers.get('allow')]).toEqual([
      405,
      'method_not_allowed',
      'GET, DELETE',
    ]);
  }));

test('nothing is started where no sandbox works, and the answer says why', () =>
  withDoor(
    async (api) => {
      const { status, json, headers } = await submit(api, {});
      expect([status, json?.['code'], json?.['detail'], headers.get('retry-after')]).toEqual([
        503,
        'sandbox_unavailable',
        'No bwrap.',
        '60',
      ]);
    },
    { env, deps: { sandbox: async () => ({ reason: 'No bwrap.' }) } },
  ));
