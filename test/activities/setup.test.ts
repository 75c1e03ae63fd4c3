import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { putDocument } from '../../src/store/documents.ts';
import { pidFileOf } from '../../src/activities/workspace/commands.ts';
import { ensureSetup } from '../../src/activities/workspace/setup.ts';
import { openWorktree } from '../../src/activities/workspace/worktree.ts';
import { recordProcesses } from '../../src/activities/workspace/sandbox/pid-file.ts';
import { setupFiles } from '../../src/activities/workspace/setup-cache.ts';
import { isThere, withBase } from '../support/worktree.ts';
import type { RunCommand } from '../../src/activities/workspace/commands.ts';
import type { Setting } from '../support/worktree.ts';

const KEY = 'k1';
const never = new AbortController().signal;

/** How a job's step asks for the setup, its script done by `runCommand`. */
async function asker({ dir, base, place }: Setting, runCommand: RunCommand) {
  const { hub, hostDir } = place(1);
  const planSha = await putDocument(hub, 'refs/tutti/j0/spec', 'plan-1', { setup: ['install'] });
  const deps = {
    hubsDir: path.join(dir, 'hubs'),
    hostDir,
    host: 'one',
    sandbox: { unavailable: 'no command is run here' },
    limits: { tasks: 2, commands: 1, commandSeconds: 1, memoryMb: 1 },
    author: { name: 'Tutti', email: 'tutti@localhost' },
    isOpen: async () => true,
    runCommand,
  };
  return (signal: AbortSignal, taskId = 't1') => {
    const attempt = { hub: hub.name, jobId: 'j0', taskId, attempt: 1 };
    const step = {
      place: attempt,
      fence: 1,
      baseSha: base,
      network: 'none',
      setupKey: KEY,
      planSha,
    } as const;
    return ensureSetup(deps, step, base, signal);
  };
}

const ended = (exitCode: number) => ({ exitCode, output: '', outputTotal: 0, stopped: null, durationMs: 1 });
const files = { 'a.txt': 'a\n', '.gitignore': 'out\n' };

test('steps that wait for a setup under way share its result, a failure too', () =>
  withBase(files, async (setting) => {
    let runs = 0;
    let exitCode = 1;
    const ask = await asker(setting, async (worktree) => {
      runs += 1;
      await writeFile(path.join(worktree.dir, 'out'), 'installed');
      return ended(exitCode);
    });
    const failed = await Promise.allSettled([ask(never, 't1'), ask(never, 't2'), ask(never, 't3')]);
    expect(failed.map((one) => one.status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(runs).toBe(1);
    exitCode = 0;
    await Promise.all([ask(never, 't1'), ask(never, 't2')]);
    expect(runs).toBe(2);
    const { hostDir } = setting.place(1);
    expect(await readdir(path.join(hostDir, 'setup'))).toEqual([KEY]);
    expect(await readdir(setupFiles(hostDir, KEY))).toEqual(['out']);
  }));

test('who no longer wants a setup stops waiting for it, and a cancelled one is run by who waits', () =>
  withBase(files, async (setting) => {
    const first = new AbortController();
    const second = new AbortController();
    const ask = await asker(setting, async (_, { signal }) => {
      if (signal === first.signal && !signal.aborted) await once(signal, 'abort');
      signal.throwIfAborted();
      return ended(0);
    });
    const answers = [ask(first.signal), ask(second.signal, 't2'), ask(never, 't3')].map((one) =>
      one.then(
        () => 'ready',
        (error: unknown) => error,
      ),
    );
    second.abort('not wanted');
    expect(await answers[1]).toBe('not wanted');
    first.abort('cancelled');
    expect(await answers[0]).toBe('cancelled');
    expect(await answers[2]).toBe('ready');
  }));

test('what a killed run of the setup left is ended and removed before it runs again', () =>
  withBase(files, async (setting) => {
    const { hostDir } = setting.place(1);
    const left = await openWorktree({ ...setting.place(7), taskId: 'setup' }, { commit: setting.base });
    const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    recordProcesses(pidFileOf(left.dir), [child.pid as number]);
    await mkdir(`${setupFiles(hostDir, KEY)}.7`, { recursive: true });
    const gone = once(child, 'exit');
    const ask = await asker(setting, async () => ended(0));
    await ask(never);
    await gone;
    expect(await isThere(left.dir)).toBe(false);
    // It left no file, and counts as done all the same.
    expect(await readdir(path.join(hostDir, 'setup'))).toEqual([KEY]);
  }));
