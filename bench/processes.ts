import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ChildProcess } from 'node:child_process';
import type { WorkerRole } from '../src/worker/options.ts';

/** The worker processes of an engine, one for each role, as `tutti up` has them. */
export interface Processes {
  /** SIGKILL, and a new process at once; resolves when it polls. */
  killAndStart(...roles: readonly WorkerRole[]): Promise<void>;
  /** Runs `true` in the sandbox from the workspace process; milliseconds of each run. */
  commandTimes(count: number): Promise<number[]>;
  end(): Promise<void>;
}

const ROLES: readonly WorkerRole[] = ['engine', 'workspace'];
const PROGRAM = fileURLToPath(new URL('./worker.js', import.meta.url));

export async function startProcesses(env: NodeJS.ProcessEnv): Promise<Processes> {
  const running = new Map<WorkerRole, ChildProcess>();
  const start = async (role: WorkerRole): Promise<void> => {
    const child = fork(PROGRAM, [role], { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    running.set(role, child);
    await answerOf(child, 'ready');
  };
  const kill = async (role: WorkerRole): Promise<void> => {
    const child = running.get(role);
    if (child === undefined) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  const end = async (): Promise<void> => {
    await Promise.all([...running.values()].map(ended));
  };
  await Promise.all(ROLES.map(start)).catch(async (error: unknown) => {
    await end();
    throw error;
  });
  return {
    async killAndStart(...roles) {
      await Promise.all(roles.map(kill));
      await Promise.all(roles.map(start));
    },
    async commandTimes(count) {
      const child = running.get('workspace');
      child?.send({ commands: count });
      return (await answerOf(child, 'times')) as number[];
    },
    end,
  };
}

interface Answers {
  readonly ready?: true;
  readonly times?: number[];
  readonly error?: string;
}

async function answerOf(child: ChildProcess | undefined, what: 'ready' | 'times'): Promise<unknown> {
  if (child === undefined) throw new Error('no such worker process runs');
  const gone = once(child, 'exit').then(([code]) => ({ error: `it ended with ${code}` }));
  const [answer] = await Promise.race([
    once(child, 'message') as Promise<[Answers]>,
    gone.then((end): [Answers] => [end]),
  ]);
  if (answer[what] === undefined)
    throw new Error(`a worker process failed: ${answer.error ?? 'it said something else'}`);
  return answer[what];
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
