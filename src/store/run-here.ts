import { spawn } from 'node:child_process';

export interface RunRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string | Buffer;
  /** Bytes of standard output after which the process is killed. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

export interface RunResult {
  /** Null: killed, by us or by someone else. */
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly overLimit: boolean;
}

/** Runs one short process to its end, as a child of this one. Rejects when it cannot be started, and with the signal's reason on abort. */
export function runHere(request: RunRequest): Promise<RunResult> {
  const { file, args, env, cwd, input, limit, signal } = request;
  if (signal?.aborted) return Promise.reject(signal.reason as Error);
  return new Promise((resolve, reject) => {
    // Its own session: a Ctrl-C meant for us must not cut a write of git in the middle.
    const child = spawn(file, args, { env, cwd, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    const abort = (): void => endGroup(child.pid, 'SIGTERM');
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let size = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) endGroup(child.pid, 'SIGKILL');
      else stdout.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < STDERR_CHUNKS) stderr.push(chunk);
    });
    child.stdin.on('error', ignoreClosedPipe);
    child.stdin.end(input);
    signal?.addEventListener('abort', abort, { once: true });
    child.once('error', (error) => {
      signal?.removeEventListener('abort', abort);
      reject(error);
    });
    child.once('close', (code) => {
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted) reject(signal.reason as Error);
      else
        resolve({
          code,
          stdout: Buffer.concat(stdout),
          stderr: Buffer.concat(stderr),
          overLimit: size > limit,
        });
    });
  });
}

const STDERR_CHUNKS = 64;

/** A process may end without reading its input; its exit code says what happened. */
const ignoreClosedPipe = (): void => undefined;

/** With what it started itself: a transport that hangs would keep our pipes open. */
function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
