import { createHash } from 'node:crypto';
import { headAndTail } from '../tools/cut.ts';
import type { Check } from '../../domain/plan.ts';
import type { CheckRun } from '../../domain/conversation.ts';
import type { RunCommand } from '../workspace/commands.ts';
import type { Worktree } from '../workspace/worktree.ts';

/** Runs command checks one after the other in a worktree; a command that stands twice runs once. */
export async function runChecks(
  checks: readonly Check[],
  worktree: Worktree,
  by: { runCommand: RunCommand; network: boolean; signal: AbortSignal },
): Promise<CheckRun[]> {
  const runs = new Map<string, CheckRun>();
  for (const check of checks) {
    if (check.kind !== 'command') continue;
    const identity = JSON.stringify([check.command, check.expectExit]);
    const known = runs.get(identity);
    runs.set(
      known ? `${identity} ${check.checkId}` : identity,
      known ? { ...known, checkId: check.checkId } : await run(check, worktree, by),
    );
  }
  return [...runs.values()];
}

/** What failed, in a form that a person and the next attempt can use; null when all passed. */
export function failedChecks(runs: readonly CheckRun[]): string | null {
  const failed = runs.filter((run) => !run.passed);
  if (failed.length === 0) return null;
  return failed.map((run) => `$ ${run.command}\n${ending(run)}\n${tail(run.output)}`).join('\n\n');
}

async function run(
  check: Check,
  worktree: Worktree,
  { runCommand, network, signal }: Parameters<typeof runChecks>[2],
): Promise<CheckRun> {
  const { command, timeoutSeconds, expectExit, checkId } = check;
  const done = await runCommand(worktree, { script: command, seconds: timeoutSeconds, network, signal });
  const output = headAndTail(done.output) ?? done.output;
  return {
    checkId,
    command,
    exitCode: done.exitCode,
    stopped: done.stopped,
    passed: done.stopped === null && done.exitCode === expectExit,
    durationMs: done.durationMs,
    output,
    outputHash: createHash('sha256').update(output).digest('hex'),
  };
}

const ending = (run: CheckRun): string =>
  run.stopped === null ? `exited with ${run.exitCode}` : `was stopped (${run.stopped})`;

const tail = (output: string): string => (output.length > 2_000 ? `…${output.slice(-2_000)}` : output).trim();
