import { FINAL_STATES } from '../../src/domain/job/state.ts';
import { JOB, completed, failed, finished, plan, running, status } from './samples.ts';
import { problem, withFakeApi } from './fake-api.ts';
import { withTerminal } from './terminal.ts';
import type { FakeApi } from './fake-api.ts';
import type { Terminal, TerminalOptions } from './terminal.ts';

const withBoth = (use: (api: FakeApi, terminal: Terminal) => Promise<void>, options: TerminalOptions = {}) =>
  withFakeApi((api) => withTerminal({ url: api.url, ...options }, (terminal) => use(api, terminal)));

test('without a server every client command says how to start one, and exits 1', () =>
  withTerminal({ env: { TUTTI_URL: 'http://127.0.0.1:9' } }, async (terminal) => {
    for (const argv of [
      ['jobs'],
      ['status', JOB],
      ['approve', JOB, '--yes'],
      ['submit', '--title', 'x'],
      ['watch'],
    ]) {
      terminal.clear();
      expect(await terminal.tutti(...argv)).toBe(1);
      expect(terminal.stderr()).toContain('Start one with "npm start" (tutti up)');
      expect(terminal.stdout()).toBe('');
    }
  }));

test('a job is an id, a unique prefix, "last", or left out', () =>
  withBoth(async (api, { tutti, stderr, clear }) => {
    for (const ref of [[JOB], ['j4k'], ['last'], []]) expect(await tutti('status', ...ref)).toBe(0);
    expect(api.requests('status').map((one) => one.params['job_id'])).toEqual([JOB, JOB, JOB, JOB]);
    expect(await tutti('status', 'j9')).toBe(1);
    expect(stderr()).toContain('No job begins with "j9"');
    clear();
    const jobs = ['j4k2m9x7qp', 'j4k0000000'].map((job_id) => ({ ...status(), job_id, kind: 'development' }));
    api.answer('jobs', () => ({ json: { jobs, next_cursor: null } }));
    expect(await tutti('status', 'j4k')).toBe(1);
    expect(stderr()).toContain('"j4k" begins 2 jobs: j4k2m9x7qp, j4k0000000');
  }));

test('a task is t3, 3 or a unique part of its title, in the last job or in the one that is named', () =>
  withBoth(async (api, { tutti, stderr }) => {
    api.become(
      status({
        tasks: [completed('t1', 'Add the store'), failed('t2', 'Add the login'), failed('t3', 'Docs')],
      }),
    );
    for (const argv of [['t2'], ['2'], ['login'], [JOB, '2'], ['last', 'LOGIN']])
      expect(await tutti('retry', ...argv)).toBe(0);
    expect(new Set(api.requests('retry').map((one) => one.params['task_id']))).toEqual(new Set(['t2']));
    expect(await tutti('retry', 'Add')).toBe(1);
    expect(stderr()).toContain('"Add" fits 2 tasks: t1 (Add the store), t2 (Add the login)');
    expect(await tutti('retry', JOB)).toBe(1);
    expect(stderr()).toContain('Name the task: t2, t3 failed.');
    expect(await tutti('retry', '7')).toBe(1);
    expect(stderr()).toContain('"7" names no task.');
  }));

test('retry of the only failed task needs no task, and sends feedback', () =>
  withBoth(async (api, { tutti, stdout }) => {
    api.become(status({ tasks: [failed('t1', 'Store')] }));
    expect(await tutti('retry', JOB, '--feedback', 'Mind the tests')).toBe(0);
    expect(api.requests('retry')[0]).toMatchObject({
      params: { task_id: 't1' },
      body: { feedback: 'Mind the tests' },
    });
    expect(stdout()).toBe(`${JOB} t1 pending (attempt 2)\n`);
  }));

test('approve prints the plan and sends its revision', () =>
  withBoth(async (api, { tutti, stdout, stderr }) => {
    api.plan = plan({ revision: 3 });
    expect(await tutti('approve', JOB, '--yes', '--note', 'fine')).toBe(0);
    expect(stderr()).toContain('Plan 3  2 tasks');
    expect(api.requests('approve')[0]?.body).toEqual({ plan_revision: 3, note: 'fine' });
    expect(api.requests('approve')[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
    expect(stdout()).toBe(`${JOB} running\n`);
  }));

test.each(['approve', 'delete', 'cancel', 'close'])(
  '%s does nothing without --yes where nobody can answer',
  (command) =>
    withBoth(async (api, { tutti, stderr }) => {
      expect(await tutti(command, JOB)).toBe(1);
      expect(stderr()).toContain('Nobody can answer here; say --yes.');
      expect(api.seen.every((one) => one.headers['idempotency-key'] === undefined)).toBe(true);
      expect(await tutti(command, JOB, '--yes')).toBe(0);
    }),
);

test.each([
  ['\r', 1, 'Nothing was done.'],
  ['y', 0, ''],
  ['\u0003', 130, 'Nothing was done.'],
])('on a terminal delete asks, and takes %j for an answer', (typed, code, said) =>
  withBoth(
    async (api, terminal) => {
      const done = terminal.tutti('delete', JOB);
      await terminal.says('Delete j4k2m9x7qp');
      terminal.type(typed);
      expect(await done).toBe(code);
      expect(terminal.stderr()).toContain(said);
      expect(api.requests('delete')).toHaveLength(code === 0 ? 1 : 0);
    },
    { size: [80, 24] },
  ),
);

test('--json prints the body of the server in one line, --pretty in many, also of an error', () =>
  withBoth(async (api, { tutti, stdout, stderr, clear }) => {
    expect(await tutti('status', JOB, '--json')).toBe(0);
    expect(JSON.parse(stdout())).toEqual(status());
    expect(stdout().trimEnd()).not.toContain('\n');
    clear();
    expect(await tutti('--pretty', 'status', JOB)).toBe(0);
    expect(stdout()).toContain('\n  "job_id": "j4k2m9x7qp"');
    clear();
    api.answer('retry', () =>
      problem(409, 'not_retryable', 'Task t3 is running.', { state: 'running', allowed: ['cancel'] }),
    );
    expect(await tutti('retry', JOB, 't3', '--json')).toBe(1);
    expect(JSON.parse(stdout())).toMatchObject({ status: 409, code: 'not_retryable', allowed: ['cancel'] });
    expect(stderr()).toBe('error: not_retryable: Task t3 is running.\nPossible now: cancel\n');
  }));

test('a refusal with fields names each of them', () =>
  withBoth(async (api, { tutti, stderr }) => {
    expect(await tutti('submit', '--title', 'x', '--max-workers', '65')).toBe(1);
    expect(stderr()).toMatch(/^error: invalid_field: The body is wrong\.\n {2}\/max_workers: /);
    expect(await tutti('submit', '--title', 'x', '--budget', 'much')).toBe(1);
    expect(stderr()).toContain("option '--budget <usd>' argument 'much' is invalid. It is not a number.");
    expect(api.requests('submit')).toHaveLength(1);
  }));

test('the token of the command line beats the one of the environment, which beats the home', () =>
  withBoth(async (api, { tutti }) => {
    await tutti('jobs', '--token', 'mine');
    await tutti('jobs');
    expect(api.seen.map((one) => one.headers.authorization)).toEqual(['Bearer mine', 'Bearer secret']);
  }));

test('a diff goes out byte by byte into a pipe, and coloured to a terminal', async () => {
  const bytes = Buffer.from([0x64, 0x69, 0x66, 0x66, 0x20, 0xe9, 0xff, 0x0a]);
  await withBoth(async (api, { tutti, io }) => {
    const written: Buffer[] = [];
    io.stdout.write = (chunk: unknown) => written.push(Buffer.from(chunk as Buffer)) > 0;
    api.answer('diff', () => ({ text: bytes, type: 'text/x-diff' }));
    expect(await tutti('diff', JOB)).toBe(0);
    expect(Buffer.concat(written)).toEqual(bytes);
  });
  await withBoth(
    async (_, { tutti, stdout }) => {
      expect(await tutti('diff', JOB)).toBe(0);
      expect(stdout()).toContain('\x1b[32m+new\x1b[39m');
    },
    { size: [80, 24] },
  );
  await withBoth(
    async (_, { tutti, stdout }) => {
      expect(await tutti('diff', JOB)).toBe(0);
      expect(stdout()).not.toContain('\x1b');
    },
    { size: [80, 24], env: { NO_COLOR: '1' } },
  );
});

test('logs are printed without what a terminal would obey', () =>
  withBoth(async (_, { tutti, stdout }) => {
    expect(await tutti('logs', JOB, 't1')).toBe(0);
    expect(stdout()).toBe('turn 1\nred\n');
  }));

test('budget shows, sets and raises', () =>
  withBoth(async (api, { tutti, stdout }) => {
    expect(await tutti('budget', JOB)).toBe(0);
    expect(stdout()).toBe(`${JOB} $0.42 of $5.00 spent, $0.30 reserved, $4.28 left\n`);
    expect(await tutti('budget', JOB, '--add', '2')).toBe(0);
    expect(await tutti('budget', JOB, '--limit', '9')).toBe(0);
    expect(api.requests('budget').map((one) => one.body)).toEqual([{ add_usd: 2 }, { limit_usd: 9 }]);
    expect(await tutti('budget', JOB, '--limit', '9', '--add', '1')).toBe(1);
  }));

test('open prints where the job is in the Temporal UI', () =>
  withBoth(async (_, { tutti, stdout }) => {
    expect(await tutti('open', JOB)).toBe(0);
    expect(stdout()).toBe(`http://127.0.0.1:8234/namespaces/default/workflows/job%3A${JOB}\n`);
  }));

test('tokens are made, listed without their text, and revoked', () =>
  withTerminal({}, async ({ tutti, stdout, stderr, clear }) => {
    expect(
      await tutti(
        'token',
        'create',
        '--role',
        'reviewer',
        '--role',
        'submitter',
        '--name',
        'ana',
        '--expires',
        '30d',
      ),
    ).toBe(0);
    const token = stdout().trim();
    expect(token).toMatch(/^tutti_/);
    clear();
    expect(await tutti('token', 'list')).toBe(0);
    expect(stdout()).toMatch(/^\w+ {2}ana {3}reviewer, submitter/m);
    expect(stdout()).not.toContain(token);
    expect(await tutti('token', 'revoke', 'ana')).toBe(0);
    expect(await tutti('token', 'revoke', 'ana')).toBe(1);
    expect(await tutti('token', 'create', '--role', 'king', '--name', 'ana')).toBe(1);
    expect(stderr()).toContain('Roles are submitter, reviewer, operator, admin.');
  }));

test('config prints what is in force and from where, with secrets masked', () =>
  withTerminal(
    { env: { TUTTI_PORT: '9123', ANTHROPIC_API_KEY: 'sk-canary' } },
    async ({ tutti, stdout, stderr }) => {
      expect(await tutti('config', '--host', '127.0.0.2')).toBe(0);
      expect(stdout()).toMatch(/^port +9123 +env TUTTI_PORT$/m);
      expect(stdout()).toMatch(/^host +127\.0\.0\.2 +flag --host$/m);
      expect(stdout()).not.toContain('sk-canary');
      expect(await tutti('config', '--port', '99999')).toBe(1);
      expect(stderr()).toContain('flag --port');
    },
  ));

test('an unknown command or option names the nearest one and exits 1', () =>
  withTerminal({}, async ({ tutti, stderr }) => {
    expect(await tutti('aprove')).toBe(1);
    expect(stderr()).toContain('Did you mean approve?');
    expect(await tutti('jobs', '--archive')).toBe(1);
    expect(stderr()).toContain('Did you mean --archived?');
    expect(await tutti('--version')).toBe(0);
  }));

test('plan waits while the job is being planned, and tells what the planner does', () =>
  withBoth(async (api, { tutti, stdout, says }) => {
    api.plan = null;
    const activity = { text: 'reads src/app.ts', turn: 3, cost_usd: 0.02, at: new Date().toISOString() };
    api.become(status({ state: 'planning', plan_revision: null, tasks: [], activity }));
    expect(await tutti('plan', JOB, '--no-wait')).toBe(1);
    const done = tutti('plan', JOB);
    await says('planner: turn 3, reads src/app.ts');
    api.plan = plan();
    api.become(status({ state: 'awaiting_approval', waiting_on: 'approval', tasks: [] }));
    expect(await done).toBe(0);
    expect(stdout()).toContain(`Next: tutti approve ${JOB}`);
  }));

test('every final state but completed ends a followed job with exit code 1', () =>
  withBoth(async (api, { tutti }) => {
    for (const state of FINAL_STATES) {
      api.become(finished({ state }));
      expect(await tutti('watch', JOB)).toBe(state === 'completed' ? 0 : 1);
    }
    expect(running('t1', 'x').state).toBe('running');
  }));
