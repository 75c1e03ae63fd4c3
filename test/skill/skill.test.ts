import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { problem, withFakeApi } from '../cli/fake-api.ts';
import { JOB, status } from '../cli/samples.ts';
import type { FakeApi } from '../cli/fake-api.ts';

const ROOT = path.resolve(import.meta.dirname, '../../skills/orchestrator');
const SCRIPT = path.join(ROOT, 'scripts/api.sh');
const SKILL = readFileSync(path.join(ROOT, 'SKILL.md'), 'utf8');
const onPath = (name: string) =>
  (process.env['PATH'] ?? '').split(':').find((folder) => existsSync(path.join(folder, name)));
const SHELLS = ['sh', 'dash', 'bash', 'busybox'].filter((name) => onPath(name) !== undefined);

interface Called {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Place {
  readonly dir: string;
  readonly home: string;
  call(args: readonly string[], options?: CallOptions): Promise<Called>;
}

interface CallOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly shell?: string;
}

async function withPlace<T>(use: (place: Place) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(path.join(tmpdir(), 'tutti-skill-'));
  const home = path.join(dir, 'home');
  await mkdir(home);
  const call: Place['call'] = (args, { env, stdin, shell = 'sh' } = {}) => {
    const argv = shell === 'busybox' ? ['sh', SCRIPT, ...args] : [SCRIPT, ...args];
    const child = spawn(shell, argv, {
      cwd: dir,
      env: { PATH: process.env['PATH'], HOME: dir, TUTTI_HOME: home, ...env },
    });
    const written = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (written.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (written.stderr += chunk.toString()));
    // A script that refuses its arguments reads nothing.
    child.stdin.on('error', () => {}).end(stdin ?? '');
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...written })));
  };
  try {
    return await use({ dir, home, call });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const withBoth = (
  use: (api: FakeApi, place: Place, env: { TUTTI_URL: string; TUTTI_TOKEN: string }) => Promise<void>,
) =>
  withFakeApi((api) => withPlace((place) => use(api, place, { TUTTI_URL: api.url, TUTTI_TOKEN: 'secret' })));

/** The calls that the skill shows, as a reader would copy them. */
const calls = [...SKILL.matchAll(/^```sh\n(scripts\/api\.sh [^]*?)\n```$/gm)].map((match) => match[1] ?? '');

test('the skill keeps the name, the description and the calls of the original', () => {
  expect(SKILL).toMatch(
    /^---\nname: orchestrator\ndescription: Submit development specs, approve execution plans, monitor workers, retry failed tasks, check job status, and manage orchestration jobs\. Use when asked to start a development job, check worker progress, approve a plan, retry something, or list orchestrator jobs\.\n---\n/,
  );
  expect(calls.map((call) => call.split(' ').slice(1, 3).join(' '))).toEqual([
    'POST /orchestrate/submit',
    'POST /orchestrate/{job_id}/approve',
    'GET /orchestrate/{job_id}/status',
    'POST /orchestrate/{job_id}/task/{task_id}/retry',
    'GET /orchestrate/jobs',
    'DELETE /orchestrate/{job_id}',
    'GET /orchestrate/providers',
  ]);
});

test('the skill keeps its three rules, and tells the way of a plan that takes longer in one line', () => {
  expect(SKILL).toContain('Always summarize the plan for the user before approving.');
  expect(SKILL).toContain('Destructive — confirm with user first.');
  expect(SKILL).toContain('Call GET /orchestrate/jobs to find the latest.');
  expect(SKILL).toMatch(
    /^An answer without `plan` .*until=awaiting_approval.*GET \/orchestrate\/\{job_id\}\/plan`\.$/m,
  );
});

test.each(SHELLS)('every call of the skill works as it stands there, in %s', (shell) =>
  withBoth(async (api, { dir }, env) => {
    for (const call of calls) {
      const script = call
        .replaceAll('{job_id}', JOB)
        .replaceAll('{task_id}', 't1')
        .replace('scripts/api.sh', '"$API"');
      const argv = shell === 'busybox' ? ['sh', '-ec', script] : ['-ec', script];
      const answered = await new Promise<Called>((resolve) => {
        const child = spawn(shell, argv, {
          env: { PATH: process.env['PATH'], HOME: dir, API: SCRIPT, ...env },
        });
        let stdout = '';
        child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
        child.once('close', (code) => resolve({ code, stdout, stderr: '' }));
      });
      expect(answered.code).toBe(0);
      expect(JSON.parse(answered.stdout)).toBeInstanceOf(Object);
    }
    expect(api.seen.map((one) => one.route)).toEqual([
      'submit',
      'approve',
      'status',
      'retry',
      'jobs',
      'delete',
      'providers',
    ]);
    expect(api.requests('submit')[0]?.body).toMatchObject({
      title: 'Add user authentication',
      budget_usd: 5,
    });
    expect(api.seen.every((one) => one.headers.authorization === 'Bearer secret')).toBe(true);
  }),
);

test('an error goes to stdout as its body, and to stderr in one line, with exit code 1', () =>
  withBoth(async (api, { call }, env) => {
    const more = { errors: [{ pointer: '/feedback', detail: 'another detail' }], state: 'running' };
    api.answer('retry', () => problem(409, 'not_retryable', 'Task "t1" is running.', more));
    const { code, stdout, stderr } = await call(['POST', `/orchestrate/${JOB}/task/t1/retry`, '{}'], { env });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'not_retryable', state: 'running' });
    expect(stderr).toBe('HTTP 409 not_retryable: Task "t1" is running.\n');
  }));

test('a body comes from the arguments, from stdin, or from a file, byte by byte', () =>
  withBoth(async (api, { dir, call }, env) => {
    const body = `{"reason":"quotes \\" and %s and $HOME and 'x' and é"}`;
    await writeFile(path.join(dir, 'body.json'), body);
    const place = `/orchestrate/${JOB}/reject`;
    for (const [argument, stdin] of [
      [body, ''],
      ['-', body],
      ['@body.json', ''],
    ] as const)
      expect(await call(['POST', place, argument], { env, stdin })).toMatchObject({ code: 0, stderr: '' });
    expect(api.requests('reject').map((one) => one.body)).toEqual([1, 2, 3].map(() => JSON.parse(body)));
    expect(await call(['POST', place, '@missing'], { env })).toMatchObject({
      code: 1,
      stderr: 'there is no file missing\n',
    });
  }));

test('url and token are found in the home, and its token goes to this machine only', () =>
  withBoth(async (api, { home, call }) => {
    await writeFile(path.join(home, 'token'), 'of-the-home\n');
    const none = await call(['GET', '/orchestrate/jobs'], { env: { TUTTI_URL: 'http://127.0.0.1:9' } });
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toMatch(
      /^No server answers at http:\/\/127\.0\.0\.1:9\. Start one with "npm start" \(tutti up\)/,
    );
    await writeFile(path.join(home, 'server.json'), JSON.stringify({ url: api.url, pid: 1, startedAt: 'x' }));
    expect((await call(['GET', '/orchestrate/jobs'])).code).toBe(0);
    expect(api.seen.at(-1)?.headers.authorization).toBe('Bearer of-the-home');
    expect((await call(['GET', '/orchestrate/jobs'], { env: { TUTTI_TOKEN: 'mine' } })).code).toBe(0);
    expect(api.seen.at(-1)?.headers.authorization).toBe('Bearer mine');
    const elsewhere = api.url.replace('127.0.0.1', '0.0.0.0');
    expect((await call(['GET', '/orchestrate/jobs'], { env: { TUTTI_URL: elsewhere } })).code).toBe(0);
    expect(api.seen.at(-1)?.headers.authorization).toBeUndefined();
  }));

test('admin routes get the admin token, all others the other one', () =>
  withBoth(async (api, { call }, env) => {
    const both = { ...env, TUTTI_ADMIN_TOKEN: 'admin' };
    await call(['GET', '/orchestrate/jobs'], { env: both });
    expect(api.seen.at(-1)?.headers.authorization).toBe('Bearer secret');
    await call(['GET', '/orchestrate/jobs'], { env: { TUTTI_URL: api.url, ARW_ADMIN_TOKEN: 'admin' } });
    expect(api.seen.at(-1)?.headers.authorization).toBe('Bearer admin');
  }));

test('the token never shows in the list of processes', () =>
  withBoth(async (api, { call }, env) => {
    const seen: string[] = [];
    api.answer('status', () => {
      seen.push(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }));
      return { json: status() };
    });
    await call(['GET', `/orchestrate/${JOB}/status`], { env: { ...env, TUTTI_TOKEN: 'canary-4711' } });
    expect(seen[0]).toContain('curl');
    expect(seen[0]).not.toContain('canary-4711');
  }));

test.each([
  [[], 'usage: '],
  [['GET'], 'usage: '],
  [['FETCH', '/orchestrate/jobs'], 'METHOD must be'],
  [['GET', 'orchestrate/jobs'], 'PATH must begin with /'],
  [['GET', '/orchestrate/jobs"\noutput = "/tmp/x'], 'PATH must hold no spaces'],
])('%j is refused before anything is sent', (args, said) =>
  withBoth(async (api, { call }, env) => {
    const { code, stderr } = await call(args, { env });
    expect(code).toBe(1);
    expect(stderr).toContain(said);
    expect(api.seen).toEqual([]);
  }),
);
