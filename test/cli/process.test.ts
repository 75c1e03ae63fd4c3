import { spawn } from 'node:child_process';
import { PROGRAM } from '../support/server.ts';
import { JOB, finished, status } from './samples.ts';
import { withFakeApi } from './fake-api.ts';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built program as a process; `when` is called once stderr holds a text. */
function tutti(
  argv: readonly string[],
  url: string,
  when?: { readonly says: string; readonly act: (pid: number) => void },
): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM, ...argv], {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', TUTTI_URL: url, TUTTI_TOKEN: 'secret' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let acted = false;
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    if (when === undefined || acted || !stderr.includes(when.says)) return;
    acted = true;
    when.act(child.pid ?? 0);
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

test('a process ends with the exit code of its command and leaves nothing open', () =>
  withFakeApi(async (api) => {
    expect(await tutti(['status', JOB, '--json'], api.url)).toMatchObject({ code: 0, stderr: '' });
    expect(await tutti(['status', 'j000000000'], api.url)).toMatchObject({ code: 1, stdout: '' });
    expect((await tutti(['jobs'], 'http://127.0.0.1:9')).stderr).toContain('Start one with "npm start"');
    api.become(finished());
    expect(await tutti(['watch', JOB], api.url)).toMatchObject({ code: 0 });
  }));

test('SIGINT while following exits 130 and the job is left alone', () =>
  withFakeApi(async (api) => {
    const act = (pid: number) => process.kill(pid, 'SIGINT');
    const { code, stderr } = await tutti(['watch', JOB], api.url, { says: 'begins', act });
    expect(code).toBe(130);
    expect(stderr).toContain(`Come back with: tutti watch ${JOB}`);
    expect(api.seen.every((one) => one.route === 'status' || one.route === 'events')).toBe(true);
  }));

test('a long answer goes out whole before the process ends', () =>
  withFakeApi(async (api) => {
    const warnings = Array.from({ length: 20_000 }, (_, i) => `warning number ${i}`);
    api.become(status({ warnings }));
    const { stdout } = await tutti(['status', JOB, '--json'], api.url);
    expect(JSON.parse(stdout)).toMatchObject({ warnings: { length: 20_000 } });
  }));
