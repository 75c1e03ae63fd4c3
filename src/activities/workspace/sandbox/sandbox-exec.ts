import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Box } from './box.ts';
import type { Sandbox, SandboxedCommand } from './command.ts';
import { cleanEnvironment } from './environment.ts';
import { insideShell } from './inside.ts';
import { findProgram } from './programs.ts';
import { runLaunched } from './run.ts';

/** Commands under macOS's own sandbox. No sandbox: no `sandbox-exec` on the path. */
export function sandboxExec(box: Box, path: string): { name: string; sandbox: Sandbox | null } {
  const program = findProgram('sandbox-exec', `${path}:/usr/bin`);
  if (program === null) return { name: 'sandbox-exec', sandbox: null };
  const run = (command: SandboxedCommand) => runUnder(program, box, command);
  return { name: program, sandbox: { driver: 'sandbox-exec', isolation: isolation(box), run } };
}

async function runUnder(program: string, box: Box, command: SandboxedCommand) {
  const workspace = await realpath(command.workspace);
  const home = await realpath(await mkdtemp(join(tmpdir(), 'tutti-home-')));
  const network = command.network === true;
  const inside = insideShell(command, workspace, { first: false, ownProcesses: false });
  try {
    return await runLaunched(command, {
      file: program,
      args: ['-p', profile(box, [workspace, home], network), '/bin/sh', ...inside],
      env: {
        ...cleanEnvironment({ path: box.path, home, temporary: home }),
        ...box.variables,
        ...(network ? box.network.variables : {}),
        ...command.env,
      },
      cwd: '/',
      ownNamespace: false,
      isBuilt: (child) => !child.complaint().startsWith('sandbox-exec: '),
    });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

const SYSTEM = [
  '/System',
  '/usr',
  '/bin',
  '/sbin',
  '/Library',
  '/private/var/db/timezone',
  '/private/var/db/dyld',
];

/** A profile of Apple's Seatbelt: deny, but for reading the system and toolchains and writing two folders. */
function profile(box: Box, writable: readonly string[], network: boolean): string {
  const shown = [...box.readOnly, ...(network ? box.network.readOnly : [])].map(({ path }) => path);
  const under = (paths: readonly string[]) =>
    paths.map((path) => `(subpath ${JSON.stringify(path)})`).join(' ');
  return [
    '(version 1)',
    '(deny default)',
    '(allow process-exec process-fork sysctl-read mach-lookup ipc-posix-shm signal (target same-sandbox))',
    '(allow file-read-metadata)',
    `(allow file-read* (literal "/") ${under([...SYSTEM, '/private/etc/ssl', ...shown, ...writable])})`,
    `(allow file-read* (literal "/private/etc/hosts") (literal "/private/etc/passwd"))`,
    `(allow file-read* file-write* (subpath "/dev/fd") (literal "/dev/null") (literal "/dev/zero") (literal "/dev/tty"))`,
    '(allow file-read* (literal "/dev/random") (literal "/dev/urandom"))',
    `(allow file-write* ${under(writable)})`,
    network ? '(allow network*) (allow file-read* (literal "/private/etc/resolv.conf"))' : '(deny network*)',
  ].join('\n');
}

function isolation(box: Box): string[] {
  return [
    'Commands run under a profile of sandbox-exec. This driver has not been run by its authors: trust the trial run at start and your own test.',
    'Hard: they read the system, the toolchains, the workspace and an empty home, and write only the last two; a clean environment; time, output, the size of a single file, priority (nice 19).',
    'Hard: no network, loopback included, unless a command is granted it.',
    'Watched: what a command adds to the workspace. Absent: limits on memory and processes.',
    'The workspace is not at /workspace: what a setup installs with absolute paths works in no other worktree. A daemon that leaves its process group outlives its command.',
    `Toolchains besides the system's: ${box.toolchains.length === 0 ? 'none' : box.toolchains.join(', ')}.`,
  ];
}
