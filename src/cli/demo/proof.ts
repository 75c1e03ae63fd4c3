import { rm } from 'node:fs/promises';
import path from 'node:path';
import { git } from '../git.ts';
import { paintFor, printLines, signsFor } from '../io.ts';
import { oneLine } from '../view/text.ts';
import type { DemoJob } from './job.ts';
import type { Sandbox } from '../../activities/workspace/sandbox/sandbox.ts';
import type { WireStatus } from '../../contract/status.ts';

const LIMITS = { seconds: 120, memoryMb: 2_048, outputBytes: 20_000, diskMb: 200, processes: 256 };

/** Checks the merged branch out and runs every check of the plan there, without the server: whether all pass. */
export async function passesItsChecks(
  { io, client, say, sample, signal }: DemoJob,
  { job_id, delivery }: WireStatus,
  { sandbox, root }: { readonly sandbox: Sandbox; readonly root: string },
): Promise<boolean> {
  say.title('Once more, in a fresh checkout of the branch');
  const checkout = path.join(root, 'checkout');
  const clone = ['clone', '--quiet', '--branch', delivery.branch, sample.repository, checkout];
  await git(io, clone, { cwd: root });
  await rm(path.join(checkout, '.git'), { recursive: true });
  const { checks } = await client.plan({ job_id, signal });
  const paint = paintFor(io, io.stdout);
  const signs = signsFor(io);
  let allPass = delivery.state === 'delivered';
  for (const check of checks.filter(({ kind }) => kind === 'command')) {
    const argv = ['/bin/bash', '-c', check.command];
    const { exitCode, output } = await sandbox.run({ argv, workspace: checkout, limits: LIMITS, signal });
    const passes = exitCode === check.expect_exit;
    allPass &&= passes;
    const sign = passes ? paint.green(signs.done) : paint.red(signs.failed);
    printLines(io.stdout, [` ${sign} ${oneLine(check.command)}`]);
    if (!passes) say.quote(output.trimEnd().split('\n').slice(-20));
  }
  return allPass;
}
