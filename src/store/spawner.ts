import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runBy } from './run.ts';
import { runHere } from './run-here.ts';
import type { RunRequest, RunResult } from './run-here.ts';

/** What goes to the helper: a process to run, or the number of one to end. */
export type SpawnerOrder =
  | { readonly kind: 'run'; readonly id: number; readonly request: Omit<RunRequest, 'signal'> }
  | { readonly kind: 'abort'; readonly id: number };

export type SpawnerAnswer = { readonly id: number } & (
  | {
      readonly result: {
        readonly code: number | null;
        readonly stdout: Uint8Array;
        readonly stderr: Uint8Array;
        readonly overLimit: boolean;
      };
    }
  | { readonly failure: { readonly message: string; readonly code: string | undefined } }
);

/**
 * Starts short processes through a small helper from now on: starting one from a large process copies its page
 * tables and blocks its main thread for milliseconds. Call it before anything large is loaded. The helper ends
 * with us; if it dies, this process starts its processes itself again.
 */
export async function startSpawner(): Promise<{ close(): Promise<void> }> {
  const main = fileURLToPath(new URL('./spawner-main.js', import.meta.url));
  // A program that is run from its sources starts its processes itself.
  if (!existsSync(main)) return { close: async () => {} };
  const helper = fork(main, {
    serialization: 'advanced',
    detached: true,
    // No secrets of ours: every request brings its own environment.
    env: { PATH: process.env['PATH'] ?? '' },
    execArgv: ['--max-old-space-size=256'],
  });
  const waiting = new Map<number, Waiting>();
  let count = 0;

  const settle = (id: number): Waiting | undefined => {
    const found = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) keepAwake(helper, false);
    return found;
  };
  helper.on('message', (answer: SpawnerAnswer) => {
    const found = settle(answer.id);
    if (found === undefined) return;
    if ('result' in answer)
      found.resolve({
        ...answer.result,
        stdout: asBuffer(answer.result.stdout),
        stderr: asBuffer(answer.result.stderr),
      });
    else found.reject(Object.assign(new Error(answer.failure.message), { code: answer.failure.code }));
  });
  const gone = new Promise<void>((resolve) => {
    helper.once('exit', () => {
      runBy(null);
      for (const id of waiting.keys()) settle(id)?.reject(new Error('the helper that starts processes died'));
      resolve();
    });
  });
  await new Promise<void>((resolve, reject) => {
    helper.once('error', reject);
    helper.once('spawn', resolve);
  });
  // A message that comes too late for a dying helper; its exit settles what waits.
  helper.on('error', () => undefined);
  keepAwake(helper, false);

  runBy((request) => {
    const { signal, ...plain } = request;
    if (!helper.connected) return runHere(request);
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    const id = ++count;
    const abort = (): void => void helper.send({ kind: 'abort', id } satisfies SpawnerOrder);
    signal?.addEventListener('abort', abort, { once: true });
    keepAwake(helper, true);
    return new Promise<RunResult>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      helper.send({ kind: 'run', id, request: plain } satisfies SpawnerOrder);
    })
      .catch((error: unknown) => {
        throw signal?.aborted ? signal.reason : error;
      })
      .finally(() => signal?.removeEventListener('abort', abort));
  });
  return {
    async close() {
      runBy(null);
      helper.ref();
      if (helper.connected) helper.disconnect();
      await gone;
    },
  };
}

interface Waiting {
  resolve(result: RunResult): void;
  reject(error: Error): void;
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Only work under way keeps our own process from ending. */
function keepAwake(helper: ChildProcess, awake: boolean): void {
  if (awake) helper.ref();
  else helper.unref();
  if (awake) helper.channel?.ref();
  else helper.channel?.unref();
}
