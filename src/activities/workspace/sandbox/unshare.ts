import type { Box } from './box.ts';
import { buildScript } from './box-script.ts';
import type { Sandbox, SandboxedCommand } from './command.ts';
import { cleanEnvironment, HOME_INSIDE, WORKSPACE_INSIDE } from './environment.ts';
import { insideShell } from './inside.ts';
import { describeBox } from './isolation.ts';
import { findProgram } from './programs.ts';
import { runLaunched } from './run.ts';

/** Commands in the same box, built with util-linux's `unshare` and mount(8). No sandbox: a program is missing. */
export function namespaces(box: Box, path: string): { name: string; sandbox: Sandbox | null } {
  const unshare = findProgram('unshare', path);
  const setpriv = findProgram('setpriv', SYSTEM_PATH);
  if (unshare === null || setpriv === null) return { name: 'unshare (util-linux)', sandbox: null };
  const run = async (command: SandboxedCommand) =>
    runLaunched(command, {
      file: setpriv,
      args: [
        ['--pdeathsig', 'KILL', unshare, ...outerNamespaces(command), '--'],
        ['/bin/sh', '-c', buildScript(box, command), 'sh', ...giveUpRights(setpriv, unshare)],
        ['/bin/sh', ...insideShell(command, WORKSPACE_INSIDE, { first: true, ownProcesses: true })],
      ].flat(),
      env: {
        ...cleanEnvironment({ path: box.path, home: HOME_INSIDE, temporary: '/tmp' }),
        ...box.variables,
        ...(command.network === true ? box.network.variables : {}),
        ...command.env,
      },
      cwd: '/',
      ownNamespace: true,
      isBuilt: (child) => child.first().length > 0,
    });
  return { name: unshare, sandbox: { driver: 'unshare', isolation: describeBox('unshare', box), run } };
}

const SYSTEM_PATH = '/usr/bin:/usr/sbin:/bin:/sbin';

function outerNamespaces({ network }: SandboxedCommand): string[] {
  const kinds = ['--mount', '--pid', '--ipc', '--uts', '--cgroup', ...(network === true ? [] : ['--net'])];
  return ['--user', '--map-root-user', ...kinds, '--fork', '--kill-child'];
}

/**
 * The user's own id again, and no capability over the box: with them a command could mount its read-only folders
 * writable. Root keeps its id, so there the bounding set is emptied instead.
 */
function giveUpRights(setpriv: string, unshare: string): string[] {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  if (uid === 0) return [setpriv, '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all'];
  return [setpriv, '--no-new-privs', unshare, '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--'];
}
