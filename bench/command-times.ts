import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { createRunCommand } from '../src/activities/workspace/commands.ts';
import { openSandboxAside } from '../src/activities/workspace/sandbox/aside.ts';
import { timed } from './numbers.ts';
import type { Config } from '../src/config.ts';
import type { Worktree } from '../src/activities/workspace/worktree.ts';

/** Milliseconds that the command `true` takes in the sandbox, one after the other, through the engine's own door. */
export async function commandTimes(config: Config, count: number): Promise<number[]> {
  const { sandbox: mode, sandboxReadOnly: readOnly, limits } = config;
  const opened = await openSandboxAside({ mode, readOnly, home: homedir(), path: process.env['PATH'] ?? '' });
  if (opened.sandbox === null) throw new Error(`no sandbox works here: ${opened.reason}`);
  const runCommand = createRunCommand({ sandbox: opened.sandbox, limits });
  const folder = await mkdtemp(path.join(tmpdir(), 'tutti-bench-command-'));
  const signal = new AbortController().signal;
  const times: number[] = [];
  try {
    for (let run = 0; run < count; run++) {
      const order = { script: 'true', network: false, signal };
      times.push(await timed(() => runCommand({ dir: folder } as Worktree, order)));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return times;
}
