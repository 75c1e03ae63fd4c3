import { mkdir, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readBox } from '../../src/activities/workspace/sandbox/box.ts';
import { bubblewrap } from '../../src/activities/workspace/sandbox/bubblewrap.ts';
import type {
  CommandResult,
  Sandbox,
  SandboxedCommand,
} from '../../src/activities/workspace/sandbox/sandbox.ts';
import { trialFailure } from '../../src/activities/workspace/sandbox/trial.ts';
import { namespaces } from '../../src/activities/workspace/sandbox/unshare.ts';

export const LIMITS = { seconds: 20, memoryMb: 1_024, outputBytes: 20_000, diskMb: 256, processes: 256 };
export const PATH = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`;

/** Runs the same tests on every Linux driver; one that does not work on this machine is skipped with its reason. */
export async function describeEachDriver(tests: (sandbox: Sandbox) => void): Promise<void> {
  const box = readBox({ home: '/nonexistent', path: PATH, readOnly: [] });
  for (const open of [bubblewrap, namespaces]) {
    const { name, sandbox } = open(box, PATH);
    const failure = sandbox === null ? 'it is not on PATH' : await trialFailure(sandbox);
    if (sandbox === null || failure !== null) test.skip(`${name} is not tested here: ${failure}`, () => {});
    else describe(`a command in the sandbox of ${sandbox.driver}`, () => tests(sandbox));
  }
}

/** A folder with a `workspace` in it and room beside it, removed afterwards. */
export async function withWorkspace<T>(use: (workspace: string, beside: string) => Promise<T>): Promise<T> {
  const beside = await realpath(await mkdtemp(join(tmpdir(), 'tutti-sandbox-')));
  const workspace = join(beside, 'workspace');
  await mkdir(workspace);
  try {
    return await use(workspace, beside);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

/** Runs a shell script in a workspace of its own, or in the one given. */
export function shell(
  sandbox: Sandbox,
  script: string,
  more: Partial<SandboxedCommand> = {},
): Promise<CommandResult> {
  const run = (workspace: string) =>
    sandbox.run({ argv: ['/bin/sh', '-c', script], workspace, limits: LIMITS, ...more });
  return more.workspace === undefined ? withWorkspace(run) : run(more.workspace);
}

/** Whether a process with this text on its command line is alive. */
export async function isRunning(text: string): Promise<boolean> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.some((line) => line.includes(text));
}

export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  const patience = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > patience) throw new Error('the condition did not come true within 10 s');
    await wait(5);
  }
}
