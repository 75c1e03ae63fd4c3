import { bubblewrap } from './bubblewrap.ts';
import { readBox } from './box.ts';
import type { Sandbox } from './command.ts';
import { plainCommands } from './plain.ts';
import { sandboxExec } from './sandbox-exec.ts';
import { trialFailure } from './trial.ts';
import { namespaces } from './unshare.ts';

export type {
  CommandLimits,
  CommandResult,
  Sandbox,
  SandboxDriver,
  SandboxedCommand,
  StopReason,
} from './command.ts';
export { killRecorded } from './pid-file.ts';

/** What the server's own configuration says about the sandbox. */
export interface SandboxChoice {
  readonly mode: 'auto' | 'none';
  /** More folders of the host that commands may read. */
  readonly readOnly: readonly string[];
  /** The user's home: absent inside, but for the toolchains that `path` leads to. */
  readonly home: string;
  /** The search path, as in `PATH`: where drivers and toolchains are found. */
  readonly path: string;
}

/**
 * The first driver whose trial run works on this machine: bubblewrap, `unshare`, on macOS `sandbox-exec`.
 * When none does, what each said and what to do about it.
 */
export async function openSandbox(
  choice: SandboxChoice,
): Promise<{ sandbox: Sandbox } | { sandbox: null; reason: string; remedy: string }> {
  if (choice.mode === 'none') return { sandbox: plainCommands(choice) };
  const box = readBox(choice);
  const reasons: string[] = [];
  for (const open of process.platform === 'darwin' ? [sandboxExec] : [bubblewrap, namespaces]) {
    const { name, sandbox } = open(box, choice.path);
    const failure = sandbox === null ? 'not found on PATH' : await trialFailure(sandbox);
    if (sandbox !== null && failure === null) return { sandbox };
    reasons.push(`${name}: ${failure}`);
  }
  return { sandbox: null, reason: reasons.join('; '), remedy: remedy() };
}

function remedy(): string {
  const ways =
    process.platform === 'darwin'
      ? ['start Tutti outside of any other sandbox and check that /usr/bin/sandbox-exec runs']
      : [
          'install bubblewrap 0.7 or later (Debian, Ubuntu: apt-get install bubblewrap)',
          'allow user namespaces to this user (Ubuntu 24.04: sysctl kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile for bwrap; in a container: the security_opt lines of docker-compose.yml)',
        ];
  return `${ways.join('; or ')}; or start with --sandbox none, which runs commands without any isolation.`;
}
