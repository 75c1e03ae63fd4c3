import { OrchestratorError } from '../../domain/errors.ts';
import { createTurnstile } from './turnstile.ts';
import type { CommandResult } from './sandbox/command.ts';
import type { WorkspaceDeps } from '../deps.ts';
import type { Worktree } from './worktree.ts';

/** Bytes of a command's output that are kept; what a model or a person is shown is shorter. */
const OUTPUT_BYTES = 4 * 1024 * 1024;
const DISK_MB = 10_240;
const PROCESSES = 1_024;

export interface CommandOrder {
  readonly script: string;
  /** Seconds, at most the host's limit. (Default: the host's limit) */
  readonly seconds?: number;
  readonly network: boolean;
  readonly signal: AbortSignal;
}

/**
 * Runs shell scripts in a worktree's sandbox, as many at a time as the host may. Throws the signal's reason when it
 * aborts: a command that was cut off says nothing about the work.
 */
export type RunCommand = (worktree: Worktree, order: CommandOrder) => Promise<CommandResult>;

export function createRunCommand(deps: Pick<WorkspaceDeps, 'sandbox' | 'limits'>): RunCommand {
  const turnstile = createTurnstile(deps.limits.commands);
  return (worktree, { script, seconds, network, signal }) => {
    const { sandbox, limits } = deps;
    if ('unavailable' in sandbox) throw new OrchestratorError('sandbox_unavailable', sandbox.unavailable);
    return turnstile(signal, async () => {
      const result = await sandbox.run({
        argv: ['/bin/bash', '-c', script],
        workspace: worktree.dir,
        network,
        limits: {
          seconds: Math.min(seconds ?? limits.commandSeconds, limits.commandSeconds),
          memoryMb: limits.memoryMb,
          outputBytes: OUTPUT_BYTES,
          diskMb: DISK_MB,
          processes: PROCESSES,
        },
        pidFile: pidFileOf(worktree.dir),
        signal,
      });
      signal.throwIfAborted();
      return result;
    });
  };
}

/** Where the process of a worktree's running command is recorded. */
export const pidFileOf = (worktreeDir: string): string => `${worktreeDir}.pid`;
