import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PROGRAM, until, withServer } from '../support/server.ts';
import type { Server } from '../support/server.ts';

const SPEC = `# Two files

## Checks
- test -f a.txt

## Tasks
- [ ] Write a (files: a.txt)
  \`\`\`sh
  echo a > a.txt
  \`\`\`
- [ ] Write b (after t1; files: b.txt)
  \`\`\`sh
  while ! test -f /workspace/go; do sleep 0.1; done
  \`\`\`
`;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built program in the server's repository and home. */
const tutti = (server: Server, argv: readonly string[], env: Record<string, string> = {}) =>
  new Promise<Ended>((resolve) => {
    const options = { cwd: server.repo, env: { ...server.env, ...env } };
    const child = execFile(process.execPath, [PROGRAM, ...argv], options, (error, stdout, stderr) =>
      resolve({
        code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
        stdout,
        stderr,
      }),
    );
    child.stdin?.end(argv.includes('-') ? SPEC : '');
  });

test('up says where everything is, and jobs go on after an orderly stop within ten seconds', () =>
  withServer({}, async (server) => {
    await until(() => server.output().includes('tutti submit spec.md --follow'), 'the welcome');
    expect(server.output()).toContain(`API       ${server.url}  (page ${server.url}/docs)`);
    expect(server.output()).toMatch(/Temporal {2}http:\/\/127\.0\.0\.1:\d+/);
    expect(server.output()).toContain(`Home      ${server.home}`);
    expect(server.output()).toContain('Jobs      none open');
    await looksHealthy(server);
    await refusesASecond(server);

    const submitted = await tutti(server, ['submit', '-', '--auto-approve', '--json']);
    const job = JSON.parse(submitted.stdout) as { job_id: string; repository: { path: string } };
    expect(job.repository.path).toBe(server.repo);
    const { job_id } = job;
    await until(async () => (await server.client.status({ job_id })).progress.running > 0, 'a running task');

    const children = server.pids();
    const began = Date.now();
    expect(await server.stop('SIGTERM')).toBe(0);
    expect(Date.now() - began).toBeLessThan(12_000);
    await until(() => children.every((pid) => !existsSync(`/proc/${pid}`)), 'all processes to be gone');
    expect(existsSync(path.join(server.home, 'server.json'))).toBe(false);

    await server.start();
    await until(() => server.output().includes('1 open job goes on'), 'the job that goes on');
    expect((await tutti(server, ['cancel', '--yes'])).stdout).toBe(`${job_id} cancelling\n`);
    const watched = await tutti(server, ['watch', 'last']);
    expect(watched.code).toBe(1);
    expect(watched.stdout).toContain('cancelled');
  }));

test('up starts a part that dies again, Temporal too, and a second signal stops at once', () =>
  withServer({}, async (server) => {
    const named = (name: string) =>
      until(() => processes(server).find(({ args }) => args.includes(name))?.pid ?? null, name);
    for (const name of ['main.js api', 'server start-dev']) {
      const pid = await named(name);
      process.kill(pid, 'SIGKILL');
      await until(async () => (await named(name)) !== pid, `another ${name}`);
      await until(
        async () => (await fetch(`${server.url}/readyz`).catch(() => null))?.ok ?? false,
        'the API',
      );
    }
    expect(server.output()).toContain('api: api ended (SIGKILL); started again at once');
    expect(server.output()).toContain('Temporal ended (SIGKILL)');

    const children = server.pids();
    const exit = server.stop('SIGTERM');
    await until(() => server.output().includes('once more to stop at once'), 'the first signal');
    let ended = false;
    void exit.then(() => (ended = true));
    await until(() => ended || (process.kill(children[0] ?? 0, 'SIGTERM'), false), 'the end', 5);
    expect([0, 1]).toContain(await exit);
    await until(() => children.every((pid) => !existsSync(`/proc/${pid}`)), 'all processes to be gone');
  }));

async function looksHealthy(server: Server): Promise<void> {
  const { stdout } = await tutti(server, ['doctor']);
  for (const what of ['Node', 'git', 'home', 'Temporal', 'server'])
    expect(stdout).toMatch(new RegExp(`^✔ ok {3}${what}`, 'm'));
  expect(stdout).toMatch(/^(✔ ok {3}|✖ fail )sandbox/m);
  expect(stdout).toMatch(/^✔ ok {3}open jobs {6}0, none stuck$/m);
}

async function refusesASecond(server: Server): Promise<void> {
  const second = await tutti(server, ['up']);
  expect(second.code).toBe(1);
  expect(second.stderr).toContain(`already has a server: ${server.url}`);

  const home = path.join(server.home, 'other');
  const onPort = await tutti(server, ['up', '--port', new URL(server.url).port], { TUTTI_HOME: home });
  expect(onPort.code).toBe(1);
  expect(onPort.stderr).toMatch(/^error: Port \d+ is taken by node \(pid \d+\)\..*--port/);
  expect(existsSync(path.join(home, 'server.json'))).toBe(false);

  for (const part of ['api', 'worker']) {
    const alone = await tutti(server, [part]);
    expect(alone.code).toBe(1);
    expect(alone.stderr).toContain('Name a Temporal server by TEMPORAL_ADDRESS');
  }
}

function processes(server: Server): { pid: number; args: string }[] {
  return server.pids().map((pid) => ({ pid, args: argsOf(pid) }));
}

function argsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
