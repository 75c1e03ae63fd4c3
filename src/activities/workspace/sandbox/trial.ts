import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox } from './command.ts';

const LIMITS = { seconds: 5, memoryMb: 512, outputBytes: 2_000, diskMb: 16, processes: 64 };
const SCRIPT = 'touch here && if ls "$1" >/dev/null 2>&1; then echo open; else echo closed; fi';

/** Runs one command in a box: null when it could write its workspace and not see the folder beside it. */
export async function trialFailure(sandbox: Sandbox): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'tutti-trial-'));
  const workspace = join(folder, 'workspace');
  const neighbour = join(folder, 'neighbour');
  try {
    await Promise.all([mkdir(workspace), mkdir(neighbour)]);
    const argv = ['/bin/sh', '-c', SCRIPT, 'sh', neighbour];
    const { exitCode, output, stopped } = await sandbox.run({ argv, workspace, limits: LIMITS });
    if (stopped !== null) return `the trial run was stopped (${stopped})`;
    if (output === 'open\n') return 'the trial run could read a folder beside its workspace';
    if (exitCode === 0 && output === 'closed\n')
      return existsSync(join(workspace, 'here')) ? null : 'the trial run wrote nothing into its workspace';
    return `the trial run ended with exit code ${exitCode}: ${output.trim()}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
