import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox, SandboxedCommand } from './command.ts';
import { cleanEnvironment, networkEnvironment, toolchainEnvironment } from './environment.ts';
import { insideShell } from './inside.ts';
import { runLaunched } from './run.ts';

/** Commands without any isolation: the user's own rights, in the workspace as it lies on the host. */
export function plainCommands({ path }: { readonly path: string }): Sandbox {
  return {
    driver: 'none',
    isolation: [
      'None: commands run with all rights of the user who runs Tutti, and reach their files and the network.',
      'The workspace is not at /workspace: what a setup installs with absolute paths works in no other worktree.',
      'Hard: a clean environment, an empty home, time, output, the size of a single file, priority (nice 19).',
      'Watched every 250 ms: memory, processes and what a command adds to the workspace (on macOS only the last).',
      'A process that leaves its group and clears its environment outlives its command.',
    ],
    run: (command) => runPlain(command, path),
  };
}

async function runPlain(command: SandboxedCommand, path: string) {
  const home = await mkdtemp(join(tmpdir(), 'tutti-home-'));
  const mark = randomUUID();
  try {
    return await runLaunched(command, {
      file: '/bin/sh',
      args: insideShell(command, command.workspace, { first: false, ownProcesses: false }),
      env: {
        ...cleanEnvironment({ path, home, temporary: home }),
        ...toolchainEnvironment(),
        ...networkEnvironment(),
        ...command.env,
        [MARK]: mark,
      },
      cwd: '/',
      ownNamespace: false,
      isBuilt: () => true,
      killLeftovers: () => killMarked(mark),
    });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

const MARK = 'TUTTI_COMMAND';

/** Kills every process whose environment carries the mark of this command, wherever it moved in the process tree. */
function killMarked(mark: string): void {
  if (process.platform !== 'linux') return;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${MARK}=${mark}`)) {
        process.kill(Number(pid), 'SIGKILL');
      }
    } catch {
      // Another user's process, or one that ended meanwhile.
    }
  }
}
