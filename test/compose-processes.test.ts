import { spawn } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from '../src/contract/client.ts';
import { startTemporal } from '../src/embedded/start.ts';
import { homePaths } from '../src/home.ts';
import { compose } from './support/compose.ts';
import { withModelEndpoint } from './support/model-endpoint.ts';
import { makeRepository, sh } from './support/repository.ts';
import { PROGRAM, until } from './support/server.ts';
import { temporalBinary } from './support/temporal.ts';
import type { ChildProcess } from 'node:child_process';

const { services } = compose();

/** The variables that hold the host's values in docker-compose.yml; the others are the containers' own. */
const HOST = { ANTHROPIC_API_KEY: 'a-secret-key', ANTHROPIC_BASE_URL: '' };

test('the parts of docker-compose.yml, as processes with their environments, carry a job out together', () =>
  withModelEndpoint(
    [
      {
        turns: [
          { calls: [{ name: 'bash', input: { command: 'echo hello > hello.txt' } }] },
          { calls: [{ name: 'submit_result', input: { summary: 'Done.', confidence: 1 } }] },
        ],
      },
    ],
    (endpoint) =>
      withParts({ ...HOST, ANTHROPIC_BASE_URL: endpoint.url }, async ({ url, home, repo, stop }) => {
        const token = (await readFile(homePaths(home).token, 'utf8')).trim();
        const client = createClient({ url, token });
        const tasks = ['one', 'two', 'three'].map((title) => ({ title, checks: ['greets'] }));
        const { job_id } = await client.submit({
          body: {
            title: 'Hello',
            description: 'Say hello.',
            provider: 'anthropic',
            repository: { path: repo },
            plan: { tasks, checks: [{ check_id: 'greets', command: 'grep -q hello hello.txt' }] },
            auto_approve: true,
          },
        });
        const status = await client.status({ job_id, until: 'completed,needs_attention', wait_s: 50 });
        expect(status).toMatchObject({ state: 'completed', progress: { completed: 3 } });
        expect(await sh(repo, `git show tutti/${job_id}:hello.txt`)).toBe('hello');
        expect(
          endpoint.requests[0]?.headers.authorization ?? endpoint.requests[0]?.headers['x-api-key'],
        ).toContain('a-secret-key');
        expect(await stop()).toEqual([0, 0, 0, 0]);
      }),
  ));

interface Parts {
  readonly url: string;
  readonly home: string;
  readonly repo: string;
  /** SIGTERM to each; answers their exit codes. */
  stop(): Promise<(number | null)[]>;
}

/** A Temporal server of its own with the API, an engine worker and two workspace workers, each a process. */
async function withParts(host: Readonly<Record<string, string>>, use: (parts: Parts) => Promise<void>) {
  const dir = await realpath(await mkdtemp(path.join(tmpdir(), 'tutti-parts-')));
  const home = path.join(dir, 'home');
  const repo = path.join(dir, 'source');
  await makeRepository(repo);
  const temporal = await startTemporal({
    binary: await temporalBinary(),
    home: homePaths(path.join(dir, 'temporal')),
  });
  const children: ChildProcess[] = [];
  const output: string[] = [];
  const start = (name: string, own: Readonly<Record<string, string>> = {}) => {
    const { command = [], environment = {} } = services[name] ?? {};
    const child = spawn(process.execPath, [PROGRAM, ...command], {
      cwd: dir,
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        ...interpolated(environment, host),
        TEMPORAL_ADDRESS: temporal.address,
        TUTTI_HOME: home,
        TUTTI_CONFIG: '',
        ...own,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => output.push(String(text)));
    return (said: RegExp) =>
      until(() => {
        if (child.exitCode !== null) throw new Error(`${name} ended:\n${output.join('')}`);
        return said.exec(output.join(''));
      }, `${name} to say ${said.source}`);
  };
  const stop = () =>
    Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
        const code = new Promise<number | null>((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        return code;
      }),
    );
  try {
    const [, url = ''] = await start('api', { TUTTI_HOST: '127.0.0.1', TUTTI_PORT: '0' })(
      /The API listens on (\S+)/,
    );
    await Promise.all([
      start('engine-worker')(/engine worker polls/),
      start('workspace-worker', { TUTTI_HOST_ID: 'first' })(/workspace worker polls/),
      start('workspace-worker', { TUTTI_HOST_ID: 'second' })(
        /workspace worker polls.*workspace worker polls/s,
      ),
    ]);
    await use({ url, home, repo, stop });
  } finally {
    await stop();
    await temporal.stop();
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** `${NAME:-default}` and `${NAME:+instead}` as Compose replaces them. */
function interpolated(environment: Readonly<Record<string, string>>, host: Readonly<Record<string, string>>) {
  const replaced = (text: string) =>
    text.replaceAll(/\$\{(\w+):([-+])([^}]*)\}/g, (_, name: string, kind: string, other: string) => {
      const value = host[name] ?? '';
      return kind === '+' ? value && other : value || other;
    });
  return Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, replaced(value)]));
}
