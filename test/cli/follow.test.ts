import { JOB, completed, failed, finished, plan, running, status, task } from './samples.ts';
import { problem, withFakeApi } from './fake-api.ts';
import { withTerminal } from './terminal.ts';
import type { FakeApi } from './fake-api.ts';
import type { Terminal, TerminalOptions } from './terminal.ts';

const withBoth = (use: (api: FakeApi, terminal: Terminal) => Promise<void>, options: TerminalOptions = {}) =>
  withFakeApi((api) => withTerminal({ url: api.url, ...options }, (terminal) => use(api, terminal)));

const SUBMIT = ['submit', '--title', 'x', '--follow'] as const;
const waiting = () =>
  status({ state: 'awaiting_approval', waiting_on: 'approval', tasks: [task('t1', 'Store')] });

test('where there is no terminal it prints a line for each change and the command that decides, and waits', () =>
  withBoth(async (api, { tutti, says, stdout, stderr }) => {
    api.become(waiting());
    const done = tutti(...SUBMIT);
    await says(`tutti approve ${JOB} --yes, or tutti reject ${JOB}`);
    expect(api.requests('submit')[0]?.headers.prefer).toBe('respond-async');
    api.become(status({ tasks: [running('t1', 'Store')] }));
    await says('t1 Store: begins');
    api.become(status({ tasks: [failed('t1', 'Store')], state: 'needs_attention', waiting_on: 'person' }));
    await says(`tutti retry ${JOB} t1`);
    api.become(finished());
    expect(await done).toBe(0);
    expect(stderr()).toMatch(/^\d\d:\d\d:\d\d t1 Store: begins$/m);
    expect(stderr()).not.toContain('\x1b');
    expect(stdout()).toContain(' Spent $0.19 of $5.00');
  }));

test('CI is no terminal, whatever it looks like', () =>
  withBoth(
    async (api, { tutti, stdout, stderr }) => {
      api.become(finished());
      expect(await tutti(...SUBMIT)).toBe(0);
      expect(stdout() + stderr()).not.toContain('\x1b');
    },
    { size: [80, 24], env: { CI: 'true' } },
  ));

test('on a terminal it shows the plan, asks, approves the revision, draws the tree and ends with the bill', () =>
  withBoth(
    async (api, terminal) => {
      api.plan = plan({ revision: 4 });
      api.become(waiting());
      api.answer('approve', () => {
        api.become(status({ tasks: [running('t1', 'Store')] }));
        return { json: { job_id: JOB, state: 'running' } };
      });
      const done = terminal.tutti(...SUBMIT);
      await terminal.says('Carry out plan 4?');
      expect(terminal.stderr()).toContain('Keep tokens hashed.');
      terminal.type('\r');
      await terminal.says(/turn 4 · edits src/);
      expect(api.requests('approve')[0]?.body).toEqual({ plan_revision: 4 });
      api.become(finished());
      expect(await done).toBe(0);
      expect(terminal.stderr().endsWith('\x1b[J\x1b[?25h')).toBe(true);
      expect(terminal.stdout()).toContain('completed');
    },
    { size: [80, 24] },
  ));

test('a plan can be rejected with a reason, or left waiting', () =>
  withBoth(
    async (api, terminal) => {
      api.become(waiting());
      api.answer('reject', () => {
        api.become(finished({ state: 'rejected' }));
        return { json: { job_id: JOB, state: 'rejected' } };
      });
      const left = terminal.tutti(...SUBMIT);
      await terminal.says('Carry out plan 1?');
      terminal.type('\x1b[A\r');
      expect(await left).toBe(1);
      expect(terminal.stderr()).toContain(`The plan waits: tutti approve ${JOB}`);
      terminal.clear();
      const rejected = terminal.tutti(...SUBMIT);
      await terminal.says('Carry out plan 1?');
      terminal.type('\x1b[B\x1b[B\r');
      await terminal.says('Why?');
      terminal.type('too dear\r');
      expect(await rejected).toBe(1);
      expect(api.requests('reject')[0]?.body).toEqual({ reason: 'too dear' });
    },
    { size: [80, 24] },
  ));

test('when somebody else has decided meanwhile it says so and goes on', () =>
  withBoth(
    async (api, terminal) => {
      api.become(waiting());
      api.answer('approve', () => {
        api.become(finished());
        return problem(409, 'not_awaiting_approval', 'The plan was approved by bo.', { state: 'running' });
      });
      const done = terminal.tutti(...SUBMIT);
      await terminal.says('Carry out plan 1?');
      terminal.type('\r');
      expect(await done).toBe(0);
      expect(terminal.stderr()).toContain('not_awaiting_approval: The plan was approved by bo.');
    },
    { size: [80, 24] },
  ));

test('watch asks nothing', () =>
  withBoth(
    async (api, terminal) => {
      api.become(waiting());
      const done = terminal.tutti('watch', JOB);
      await terminal.says('The plan waits: tutti approve');
      api.become(finished());
      expect(await done).toBe(0);
      expect(api.requests('plan')).toHaveLength(0);
    },
    { size: [80, 24] },
  ));

test.each([[undefined], [[80, 24] as const]])(
  'Ctrl-C stops the following, says how to come back, and exits 130 (%j)',
  (size) =>
    withBoth(
      async (_, terminal) => {
        const done = terminal.tutti('watch', JOB);
        await terminal.says('Add the login endpoint');
        terminal.interrupt();
        expect(await done).toBe(130);
        expect(terminal.stderr()).toMatch(/The job goes on\. Come back with: tutti watch j4k2m9x7qp\n$/);
      },
      size === undefined ? {} : { size },
    ),
);

test('after --timeout it stops with exit code 1 and says how to come back', () =>
  withBoth(async (_, { tutti, stderr }) => {
    expect(await tutti('watch', JOB, '--timeout', '0.3')).toBe(1);
    expect(stderr()).toContain('Not finished after 0.3 s. The job goes on.');
  }));

test('a server that goes away is waited for', () =>
  withBoth(async (api, { tutti, says, stderr }) => {
    const done = tutti('watch', JOB);
    await says('t3 Add the register endpoint: begins');
    let away = true;
    api.answer('status', () =>
      away ? problem(503, 'engine_unavailable', 'Temporal is away.') : { json: finished() },
    );
    api.become(status());
    await says('Temporal is away. Waiting for it; the job goes on.');
    away = false;
    expect(await done).toBe(0);
    expect(stderr()).toContain('the server is back');
  }));

test('a job that is deleted meanwhile ends the following with an error', () =>
  withBoth(async (api, { tutti, says, stderr }) => {
    const done = tutti('watch', JOB);
    await says('begins');
    api.answer('status', () => problem(404, 'job_not_found', 'There is no such job.'));
    api.become(status({ tasks: [completed('t1', 'x')] }));
    expect(await done).toBe(1);
    expect(stderr()).toContain('error: job_not_found: There is no such job.');
  }));

test('--follow --json prints an event a line and the final status last', () =>
  withBoth(async (api, { tutti, says, stdout }) => {
    api.become(waiting());
    const done = tutti(...SUBMIT, '--json');
    await says(`tutti approve ${JOB} --yes`);
    api.become(finished());
    expect(await done).toBe(0);
    const lines = stdout()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.at(-1)).toEqual(finished());
    expect(lines.slice(0, -1).map((one) => one['type'])).toEqual(['job.state', 'job.state']);
  }));
