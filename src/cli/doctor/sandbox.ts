import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { openSandbox } from '../../activities/workspace/sandbox/sandbox.ts';
import type { Config } from '../../config.ts';
import type { Finding } from './finding.ts';
import type { Io } from '../io.ts';
import type { Sandbox } from '../../activities/workspace/sandbox/sandbox.ts';

/** Which isolation is really on, and which tools a task finds in it: both by a trial run. */
export async function checkSandbox(config: Config, { env }: Io): Promise<Finding[]> {
  const opened = await openSandbox({
    mode: config.sandbox,
    readOnly: config.sandboxReadOnly,
    home: env['HOME'] || homedir(),
    path: env['PATH'] ?? '',
  });
  if (opened.sandbox === null)
    return [{ is: 'fail', what: 'sandbox', says: opened.reason, remedy: opened.remedy }];
  const { driver, isolation } = opened.sandbox;
  const box: Finding =
    driver === 'none'
      ? {
          is: 'warn',
          what: 'sandbox',
          says: 'none: commands that models write run as this user',
          remedy: 'start without --sandbox none, unless this machine is itself a box',
          details: isolation,
        }
      : { is: 'ok', what: 'sandbox', says: driver, details: isolation };
  return [box, await checkTools(opened.sandbox)];
}

const TOOLS =
  'bash git node npm pnpm yarn bun deno python3 pip uv go cargo rustc java mvn gradle ruby bundle php composer dotnet make cmake gcc';

const LIMITS = { seconds: 10, memoryMb: 512, outputBytes: 20_000, diskMb: 16, processes: 64 };

async function checkTools(sandbox: Sandbox): Promise<Finding> {
  const workspace = await mkdtemp(path.join(tmpdir(), 'tutti-doctor-'));
  try {
    const script = `for tool in ${TOOLS}; do command -v "$tool" >/dev/null && echo "$tool"; done; true`;
    const { output } = await sandbox.run({ argv: ['/bin/sh', '-c', script], workspace, limits: LIMITS });
    const found = output.split('\n').filter((name) => name !== '');
    return found.includes('bash') && found.includes('git')
      ? { is: 'ok', what: 'task tools', says: found.join(' ') }
      : {
          is: 'warn',
          what: 'task tools',
          says: found.join(' ') || 'none',
          remedy:
            'install bash and git where every user finds them, or put their folder on PATH before starting Tutti',
        };
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}
