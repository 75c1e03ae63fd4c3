import { posix } from 'node:path';
import { release } from 'node:os';
import { OrchestratorError } from '../../../domain/errors.ts';
import type { SandboxedCommand } from './command.ts';

/**
 * The arguments after `/bin/sh` that run a command inside: stderr joins stdout (so that what a box itself says stays
 * apart), limits that the kernel holds, low priority, and the folder to start in.
 * `first`: the shell stays, as the first process of a pid namespace, to collect orphans.
 */
export function insideShell(
  command: SandboxedCommand,
  workspace: string,
  kind: { readonly first: boolean; readonly ownProcesses: boolean },
): string[] {
  const { diskMb, processes } = command.limits;
  const script = [
    'exec 2>&1',
    'cd -- "$1" || exit 126',
    'shift',
    'ulimit -c 0',
    // When memory runs out before the watcher has seen it, the kernel shall kill the command and not Tutti.
    '{ echo 1000 > /proc/self/oom_score_adj; } 2>/dev/null || :',
    `ulimit -f ${diskMb * 2048}`,
    // dash and busybox call it -p, bash -u.
    kind.ownProcesses && countsByNamespace()
      ? `{ ulimit -u ${processes} || ulimit -p ${processes}; } 2>/dev/null`
      : ':',
    // A shell that stays would add "Terminated" to what its command wrote.
    kind.first ? 'exec 2>/dev/null; (exec nice -n 19 "$@" 2>&1); exit $?' : 'exec nice -n 19 "$@"',
  ].join('\n');
  return ['-c', script, 'sh', startFolder(command, workspace), ...command.argv];
}

function startFolder(command: SandboxedCommand, workspace: string): string {
  const folder = posix.join(workspace, command.cwd ?? '.');
  if (folder === workspace || posix.normalize(folder).startsWith(`${workspace}/`)) return folder;
  throw new OrchestratorError('invalid_field', `the folder ${command.cwd} is not in the workspace`);
}

/** Since Linux 5.14 a user namespace counts its own processes; before, all of the user's would count. */
function countsByNamespace(): boolean {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major > 5 || (major === 5 && minor >= 14);
}
