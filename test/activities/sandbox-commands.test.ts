import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { plainCommands } from '../../src/activities/workspace/sandbox/plain.ts';
import { killRecorded } from '../../src/activities/workspace/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/activities/workspace/sandbox/sandbox.ts';
import {
  describeEachDriver,
  isRunning,
  LIMITS,
  PATH,
  shell,
  until,
  withWorkspace,
} from '../support/sandbox-drivers.ts';

await describeEachDriver(commandTests);
describe('a command without a sandbox', () => commandTests(plainCommands({ path: PATH })));

function commandTests(sandbox: Sandbox): void {
  test.each([
    ['true', 0],
    ['exit 7', 7],
    ['kill -9 $$', 137],
    ['kill -TERM $$', 143],
    ['no-such-program-anywhere', 127],
  ])('%s ends with its exit code', async (script, exitCode) => {
    expect(await shell(sandbox, script)).toMatchObject({ exitCode, stopped: null });
  });

  test('a program that is not there is a result, not an error', () =>
    withWorkspace(async (workspace) => {
      const argv = ['/no/such/program'];
      const { exitCode, output } = await sandbox.run({ argv, workspace, limits: LIMITS });
      expect(exitCode).toBe(127);
      expect(output).toContain('/no/such/program');
    }));

  test('stdout and stderr come in the order in which they were written', async () => {
    const { output } = await shell(sandbox, 'for i in 1 2 3; do echo out $i; echo err $i >&2; done');
    expect(output).toBe('out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n');
  });

  test('reads what it is given, and else an end of file', async () => {
    expect((await shell(sandbox, 'wc -c', { stdin: 'héllo' })).output.trim()).toBe('6');
    expect((await shell(sandbox, 'wc -c')).output.trim()).toBe('0');
    const large = 'x'.repeat(1_000_000);
    expect((await shell(sandbox, 'head -c 1 >/dev/null; exit 3', { stdin: large })).exitCode).toBe(3);
  });

  test('what is not UTF-8 becomes replacement characters', async () => {
    const { output, outputTotal } = await shell(sandbox, `printf 'a\\377\\000b\\303'`);
    expect(output).toBe('a\u{fffd}\0b\u{fffd}');
    expect(outputTotal).toBe(5);
  });

  test('arguments arrive as they are', () =>
    withWorkspace(async (workspace) => {
      const argv = ['printf', '%s|', '', 'a b', `it's`, '$HOME', '*', '-n', 'new\nline', '\\'];
      const { output } = await sandbox.run({ argv, workspace, limits: LIMITS });
      expect(output).toBe(`|a b|it's|$HOME|*|-n|new\nline|\\|`);
    }));

  test('a workspace may have any name', () =>
    withWorkspace(async (workspace) => {
      const odd = join(workspace, `it's # a\\040 "né" folder`);
      await mkdir(odd);
      expect((await shell(sandbox, 'touch here', { workspace: odd })).exitCode).toBe(0);
      expect(existsSync(join(odd, 'here'))).toBe(true);
    }));

  test('output is heard while it is written', async () => {
    const heard: string[] = [];
    const abort = new AbortController();
    const onOutput = (chunk: string) => {
      heard.push(chunk);
      abort.abort();
    };
    const result = await shell(sandbox, 'echo early; exec sleep 20', { onOutput, signal: abort.signal });
    expect(heard.join('')).toBe('early\n');
    expect(result).toMatchObject({ stopped: 'aborted', exitCode: null, output: 'early\n' });
  });

  test('a pid file names its process and start time while it runs', () =>
    withWorkspace(async (workspace, beside) => {
      const pidFile = join(beside, 'pid');
      const abort = new AbortController();
      const running = shell(sandbox, 'exec sleep 20', { workspace, pidFile, signal: abort.signal });
      await until(() => existsSync(pidFile));
      const [pid, started] = (await readFile(pidFile, 'utf8')).split(/\s/);
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      expect(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]).toBe(started);
      abort.abort();
      expect((await running).stopped).toBe('aborted');
      expect(existsSync(pidFile)).toBe(false);
    }));

  test('is killed by its pid file, once', () =>
    withWorkspace(async (workspace, beside) => {
      const pidFile = join(beside, 'pid');
      let up = false;
      const running = shell(sandbox, 'setsid sleep 4711.5 & echo up; sleep 4711.5', {
        workspace,
        pidFile,
        onOutput: () => (up = true),
      });
      await until(() => up);
      expect(await killRecorded(pidFile)).toBe(true);
      expect(await running).toMatchObject({ exitCode: 137, stopped: null });
      expect(await isRunning('4711.5')).toBe(false);
      expect(await killRecorded(pidFile)).toBe(false);
    }));

  test('many run at once, each in its own workspace', async () => {
    const runs = Array.from({ length: 8 }, (_, n) => shell(sandbox, `echo ${n} > mine; cat mine; ls`));
    const outputs = (await Promise.all(runs)).map(({ output }) => output);
    expect(outputs).toEqual(Array.from({ length: 8 }, (_, n) => `${n}\nmine\n`));
  });
}
