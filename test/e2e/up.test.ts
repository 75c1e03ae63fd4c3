import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PATH } from '../support/sandbox-drivers.ts';
import { namespaces } from '../../src/activities/workspace/sandbox/unshare.ts';
import { readBox } from '../../src/activities/workspace/sandbox/box.ts';
import { trialFailure } from '../../src/activities/workspace/sandbox/trial.ts';
import { bash, submitResult } from '../support/replies.ts';
import { run } from '../support/program.ts';
import { PROGRAM, until, withServer } from '../support/server.ts';
import { temporalBinary } from '../support/temporal.ts';
import { sh } from '../support/repository.ts';
import { withModelEndpoint } from '../support/model-endpoint.ts';
import type { Server } from '../support/server.ts';

const TURNS = 8;

test(
  'Temporal killed under a running server is started again, jobs go on, and a second server is told of the first',
  () =>
    withModelEndpoint(
      [
        {
          turns: [
            ...Array.from({ length: TURNS }, (_, turn) =>
              bash(`echo ${turn} >> lines.txt`, { delay_ms: 150 }),
            ),
            submitResult(),
          ],
        },
      ],
      (endpoint) =>
        withServer(
          { env: { ANTHROPIC_API_KEY: 'test-key', ANTHROPIC_BASE_URL: endpoint.url } },
          async (server) => {
            const { job_id } = await server.client.submit({
              body: {
                title: 'Lines',
                description: 'Write lines.',
                plan: { tasks: [{ title: 'Count' }] },
                auto_approve: true,
              },
            });
            await until(() => endpoint.requests.length >= 3, 'the task to be in the middle');
            process.kill(temporalOf(server), 'SIGKILL');
            await expectOneServer(server);
            const ended = await until(async () => {
              const status = await server.client.status({ job_id }).catch(() => null);
              return status?.state === 'completed' || status?.state === 'needs_attention' ? status : null;
            }, 'the job to end');
            expect(ended).toMatchObject({ state: 'completed', tasks: [{ attempt: 1 }] });
            const lines = await sh(server.repo, `git show tutti/${job_id}:lines.txt`);
            expect(lines.split('\n')).toEqual(Array.from({ length: TURNS }, (_, turn) => String(turn)));
            expect(endpoint.requests.length).toBe(TURNS + 1);
            expect(server.output()).toContain('It is started again.');
          },
        ),
    ),
  120_000,
);

/** A second `tutti up` on the same home, or on the same port, exits with 1 and names the first. */
async function expectOneServer({ home, repo, env, url }: Server): Promise<void> {
  const up = (port: string, TUTTI_HOME: string) =>
    run([process.execPath, PROGRAM, 'up', '--port', port], { cwd: repo, env: { ...env, TUTTI_HOME } });
  const [sameHome, samePort] = await Promise.all([up('0', home), up(new URL(url).port, `${home}-2`)]);
  expect(sameHome.code).toBe(1);
  expect(sameHome.stderr).toContain(`${home} already has a server: ${url} (pid `);
  expect(samePort.code).toBe(1);
  expect(samePort.stderr).toMatch(
    new RegExp(`Port ${new URL(url).port} is taken by \\S+ \\(pid \\d+\\).*--port`),
  );
}

const unshare = namespaces(readBox({ home: '/nonexistent', path: PATH, readOnly: [] }), PATH);
const failure = unshare.sandbox === null ? 'it is not on PATH' : await trialFailure(unshare.sandbox);
if (failure !== null) process.stderr.write(`skipped: unshare does not work here: ${failure}\n`);

(failure === null ? test : test.skip).each([
  ['hidden from PATH', async (dir: string) => pathWithout('bwrap', dir)],
  ['that exits with 1', async (dir: string) => pathWithBroken('bwrap', dir)],
] as const)(
  'with a bwrap %s, tutti up runs commands by unshare',
  (_, search) =>
    withFolder(async (dir) =>
      withServer({ env: { PATH: await search(dir) } }, async ({ client, output }) => {
        await until(() => /Sandbox +unshare/.test(output()), 'the server to name its sandbox');
        const { job_id } = await client.submit({
          body: {
            title: 'Look',
            description: 'Look around.',
            provider: 'outline',
            plan: {
              tasks: [
                { title: 'Look', instructions: '```sh\npwd > where.txt; ls /root >> where.txt || true\n```' },
              ],
              checks: [{ check_id: 'k', command: 'grep -qx /workspace where.txt' }],
            },
            auto_approve: true,
          },
        });
        const ended = await client.status({ job_id, until: 'completed', wait_s: 50 });
        expect(ended).toMatchObject({ state: 'completed', sandbox: 'unshare' });
      }),
    ),
  120_000,
);

function temporalOf(server: Server): number {
  const found = server.pids().find((pid) => /start-dev/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')));
  if (found === undefined) throw new Error('no Temporal server runs below tutti up');
  return found;
}

async function withFolder(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'tutti-path-'));
  try {
    await use(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** A search path on which everything is found but one program. */
async function pathWithout(name: string, dir: string): Promise<string> {
  const folders = [path.dirname(await temporalBinary()), ...(process.env['PATH'] ?? '').split(':')];
  for (const folder of new Set(folders))
    for (const program of await readdir(folder).catch(() => []))
      if (program !== name)
        await symlink(path.join(folder, program), path.join(dir, program)).catch(() => {});
  return dir;
}

/** A search path that begins with a program that does nothing and fails. */
async function pathWithBroken(name: string, dir: string): Promise<string> {
  await mkdir(dir, { recursive: true });
  await writeFile(path.join(dir, name), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  return [dir, path.dirname(await temporalBinary()), process.env['PATH']].join(':');
}
