import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { OrchestratorError } from '../../../domain/errors.ts';

/** The process that a driver wants started for a command. */
export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** It is a pid namespace, and tells its first process as `"child-pid": <pid>` on descriptor 3. */
  readonly ownNamespace: boolean;
  /** Whether the command was reached: what fails before is the box's fault. */
  readonly isBuilt: (child: Child) => boolean;
  /** Kills what a command without a namespace left behind. */
  readonly killLeftovers?: () => void;
}

/** A started process, leader of its own process group. */
export interface Child {
  readonly pid: number;
  readonly ownNamespace: boolean;
  /** The first process of its pid namespace as soon as it is known, or nothing. */
  first(): readonly number[];
  onFirst(listener: () => void): void;
  onOutput(listener: (chunk: Buffer) => void): void;
  /** What came on stderr, at most 2,000 characters. */
  complaint(): string;
  /** Its exit code, or 128 + n for signal n. */
  readonly ended: Promise<number>;
  /** Waits until all that it wrote was read, or a second if something still holds its pipes. */
  closed(): Promise<void>;
}

/** Starts a process; throws `sandbox_unavailable` when the program cannot be started. */
export async function startChild(launch: Launch, stdin: string | undefined): Promise<Child> {
  const child = spawn(launch.file, launch.args, {
    cwd: launch.cwd,
    env: launch.env,
    detached: true,
    stdio: [
      stdin === undefined ? 'ignore' : 'pipe',
      'pipe',
      'pipe',
      launch.ownNamespace ? 'pipe' : 'ignore',
      ...closedDescriptors(),
    ],
  });
  if (child.pid === undefined) throw await startFailure(child, launch);
  giveInput(child, stdin);
  const closed = once(child, 'close');
  const status = read(child.stdio[3] as Readable | null);
  const complaint = read(child.stderr);
  const first = () => {
    const pid = /"child-pid": *(\d+)/.exec(status())?.[1];
    return pid === undefined ? [] : [Number(pid)];
  };
  return {
    pid: child.pid,
    ownNamespace: launch.ownNamespace,
    first,
    onFirst: (listener) => void (child.stdio[3] as Readable | null)?.on('data', listener),
    onOutput: (listener) => void child.stdout?.on('data', listener),
    complaint: () => complaint().trim(),
    ended: once(child, 'exit').then(([code, signal]) => exitCode(code, signal)),
    async closed() {
      await Promise.race([closed, wait(1_000, undefined, { ref: false })]);
      for (const stream of child.stdio) stream?.destroy();
    },
  };
}

async function startFailure(child: ChildProcess, launch: Launch): Promise<OrchestratorError> {
  const [error] = (await once(child, 'error')) as [Error];
  return new OrchestratorError(
    'sandbox_unavailable',
    `${launch.file} could not be started: ${error.message}`,
  );
}

function giveInput(child: ChildProcess, text: string | undefined): void {
  // A command that ends without reading its input is no error.
  child.stdin?.on('error', () => {});
  child.stdin?.end(text);
}

function read(stream: Readable | null): () => string {
  let text = '';
  stream?.on('data', (chunk: Buffer) => {
    if (text.length < 2_000) text += chunk.toString('utf8').slice(0, 2_000);
  });
  return () => text;
}

function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

let closed: ('ignore' | number)[] | undefined;

/**
 * Descriptors from 4 on that this process inherited open are handed down as /dev/null: what started Tutti may have left
 * a folder of the host open in one, and a child gets every descriptor that is not marked close-on-exec.
 */
function closedDescriptors(): ('ignore' | number)[] {
  closed ??= process.platform === 'linux' ? overInherited() : [];
  return closed;
}

function overInherited(): ('ignore' | number)[] {
  const inherited = readdirSync('/proc/self/fd')
    .map(Number)
    .filter((fd) => fd > 3 && isHandedDown(fd));
  if (inherited.length === 0) return [];
  const nothing = openSync('/dev/null', 'r+');
  return Array.from({ length: Math.max(...inherited) - 3 }, (_, at) =>
    inherited.includes(at + 4) ? nothing : 'ignore',
  );
}

function isHandedDown(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '0';
    return (parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch {
    return false;
  }
}

const O_CLOEXEC = 0o2000000;
