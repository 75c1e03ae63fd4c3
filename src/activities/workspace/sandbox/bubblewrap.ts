import { PROC_OF_THE_MACHINE } from './box.ts';
import type { Box } from './box.ts';
import type { Sandbox, SandboxedCommand } from './command.ts';
import { cleanEnvironment, HOME_INSIDE, WORKSPACE_INSIDE } from './environment.ts';
import { insideShell } from './inside.ts';
import { describeBox, sizeOf } from './isolation.ts';
import { findProgram } from './programs.ts';
import { runLaunched } from './run.ts';

/** Commands in a box of bubblewrap's. No sandbox: no `bwrap` on the path. */
export function bubblewrap(box: Box, path: string): { name: string; sandbox: Sandbox | null } {
  const bwrap = findProgram('bwrap', path);
  if (bwrap === null) return { name: 'bubblewrap (bwrap)', sandbox: null };
  const run = async (command: SandboxedCommand) =>
    runLaunched(command, {
      file: bwrap,
      args: bwrapArguments(box, command),
      // Passed on by bwrap as they are: --setenv would show their values in the list of processes.
      env: {
        ...cleanEnvironment({ path: box.path, home: HOME_INSIDE, temporary: '/tmp' }),
        ...box.variables,
        ...(command.network === true ? box.network.variables : {}),
        ...command.env,
      },
      cwd: '/',
      ownNamespace: true,
      isBuilt: (child) => !child.complaint().startsWith('bwrap: '),
    });
  return { name: bwrap, sandbox: { driver: 'bwrap', isolation: describeBox('bubblewrap', box), run } };
}

function bwrapArguments(box: Box, command: SandboxedCommand): string[] {
  const network = command.network === true;
  const size = sizeOf(command);
  const shown = [...box.readOnly, ...(network ? box.network.readOnly : [])];
  return [
    ['--unshare-all', ...(network ? ['--share-net'] : []), '--die-with-parent', '--new-session'],
    ['--cap-drop', 'ALL', '--hostname', 'localhost', '--json-status-fd', '3'],
    box.links.flatMap(({ at, to }) => ['--symlink', to, at]),
    ['--proc', '/proc', '--dev', '/dev', '--size', size, '--tmpfs', '/dev/shm', '--remount-ro', '/dev'],
    PROC_OF_THE_MACHINE.flatMap((path) => ['--ro-bind-try', path, path]),
    ['--perms', '1777', '--size', size, '--tmpfs', '/tmp', '--symlink', '/tmp', '/var/tmp'],
    ['--size', size, '--tmpfs', HOME_INSIDE, '--dir', '/run'],
    shown.flatMap(({ path }) => ['--ro-bind-try', path, path]),
    ['--bind', command.workspace, WORKSPACE_INSIDE, '--remount-ro', '/', '--chdir', '/'],
    ['--', '/bin/sh', ...insideShell(command, WORKSPACE_INSIDE, { first: false, ownProcesses: true })],
  ].flat();
}
