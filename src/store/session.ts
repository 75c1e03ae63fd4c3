import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { GitError, gitArguments, gitEnvironment } from './git.ts';

/** What a reader makes of the output so far: an answer, or how many bytes it needs before it looks again. */
export type Reading<T> = { readonly value: T } | { readonly atLeast: number };

/** A long-lived git process that answers one question after the other. */
export interface Session {
  /** Rejects with GitError when the process ends before its answer; the next question starts a new one. */
  ask<T>(question: string, read: (output: Buffer) => Reading<T>): Promise<T>;
  close(): Promise<void>;
}

/** Opens a session on `git <args>` in `gitDir`. The process starts at the first question and ends when idle. */
export function openSession(gitDir: string, args: readonly string[]): Session {
  let process: SessionProcess | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  let idle: NodeJS.Timeout | null = null;

  const askNow = async <T>(question: string, read: (output: Buffer) => Reading<T>): Promise<T> => {
    if (idle !== null) clearTimeout(idle);
    process = process !== null && process.alive() ? process : startProcess(gitDir, args);
    try {
      return await process.ask(question, read);
    } finally {
      idle = setTimeout(() => void close(), IDLE_MS).unref();
    }
  };
  const close = async (): Promise<void> => {
    if (idle !== null) clearTimeout(idle);
    const ending = process;
    process = null;
    await ending?.end();
  };
  return {
    ask<T>(question: string, read: (output: Buffer) => Reading<T>): Promise<T> {
      const answer = queue.then(() => askNow(question, read));
      queue = answer.catch(() => undefined);
      return answer;
    },
    async close() {
      await queue;
      await close();
    },
  };
}

const IDLE_MS = 60_000;

interface SessionProcess {
  alive(): boolean;
  ask<T>(question: string, read: (output: Buffer) => Reading<T>): Promise<T>;
  end(): Promise<void>;
}

function startProcess(gitDir: string, args: readonly string[]): SessionProcess {
  const child = spawn('git', gitArguments(args), {
    env: gitEnvironment({ gitDir }),
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stderr = '';
  let chunks: Buffer[] = [];
  let size = 0;
  let alive = true;
  let look: () => void = () => undefined;
  child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-4_000)));
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    look();
  });
  child.stdin.on('error', () => undefined);
  child.once('error', (error) => (stderr += error.message));
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => {
      alive = false;
      look();
      resolve();
    });
  });
  keepAwake(child, false);

  return {
    alive: () => alive && child.exitCode === null,
    async end() {
      child.stdin.end();
      keepAwake(child, true);
      await closed;
    },
    ask: <T>(question: string, read: (output: Buffer) => Reading<T>) =>
      new Promise<T>((resolve, reject) => {
        let atLeast = 1;
        const settle = (act: () => void): void => {
          look = () => undefined;
          chunks = [];
          size = 0;
          keepAwake(child, false);
          act();
        };
        look = () => {
          if (size >= atLeast) {
            const output = Buffer.concat(chunks);
            chunks = [output];
            try {
              const reading = read(output);
              if ('value' in reading) return settle(() => resolve(reading.value));
              atLeast = reading.atLeast;
            } catch (error) {
              // What follows in the pipe belongs to an answer that nobody wants.
              child.kill('SIGKILL');
              alive = false;
              return settle(() => reject(error as Error));
            }
          }
          if (!alive) settle(() => reject(new GitError(args, child.exitCode, stderr)));
        };
        keepAwake(child, true);
        child.stdin.write(question);
        look();
      }),
  };
}

/** Only a question that waits keeps our own process from ending. */
function keepAwake(child: ChildProcessByStdio<Writable, Readable, Readable>, awake: boolean): void {
  for (const handle of [child, child.stdin, child.stdout, child.stderr] as unknown as Refable[])
    if (awake) handle.ref();
    else handle.unref();
}

interface Refable {
  ref(): void;
  unref(): void;
}
