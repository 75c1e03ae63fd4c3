import path from 'node:path';
import { keepRunning } from './keep-running.ts';
import type { Env } from '../home.ts';
import type { KeptRunning } from './keep-running.ts';

/** A node process to keep running: `argv` is its script and arguments. */
export interface ChildSpec {
  readonly name: string;
  readonly argv: readonly [script: string, ...args: string[]];
  readonly env: Env;
  readonly cwd?: string;
}

/** A line that a child wrote, or (`supervisor`) that we say about it. */
export interface ChildLine {
  readonly name: string;
  readonly stream: 'stdout' | 'stderr' | 'supervisor';
  readonly line: string;
}

export interface SuperviseOptions {
  readonly children: readonly ChildSpec[];
  /** Folder of the logs, one `<name>.log` each. */
  readonly logs: string;
  readonly onLine?: (line: ChildLine) => void;
  /** Stops everything when it is aborted. */
  readonly signal?: AbortSignal;
  /** How long children may take to stop. (Default: 10 seconds) */
  readonly graceMs?: number;
}

export interface Supervisor {
  /** Resolves when each child has said `{ready: true}`; rejects when one died three times before it did. */
  readonly ready: Promise<void>;
  /** Resolves when all children are gone after `stop` or `kill`. */
  readonly stopped: Promise<void>;
  /** The running processes by name. */
  pids(): Record<string, number>;
  /** SIGTERM to all, SIGKILL to who is left after the grace. Safe to call twice. */
  stop(): Promise<void>;
  /** SIGKILL to all, at once, also in the middle of a `stop`. */
  kill(): Promise<void>;
}

/**
 * Runs the processes of `tutti up`. One that dies is started again: at once, after repeated quick deaths with a
 * growing pause. Each has a process group of its own, so that a Ctrl-C in the terminal reaches us alone.
 */
export function supervise(options: SuperviseOptions): Supervisor {
  const { children, logs, onLine = () => {}, signal, graceMs = 10_000 } = options;
  const kept = new Map<string, KeptRunning>(
    children.map((spec) => [spec.name, keepRunning(spec, path.join(logs, `${spec.name}.log`), onLine)]),
  );
  const all = [...kept.values()];
  const stopped = Promise.all(all.map((child) => child.gone)).then(() => {});
  const ready = Promise.all(all.map((child) => child.ready)).then(() => {});
  // The rejection belongs to who asks for `ready`, and nobody has to.
  ready.catch(() => {});
  const stop = async () => {
    for (const child of all) child.stop('SIGTERM');
    const late = setTimeout(() => all.forEach((child) => child.stop('SIGKILL')), graceMs);
    await stopped.finally(() => clearTimeout(late));
  };
  const kill = async () => {
    for (const child of all) child.stop('SIGKILL');
    await stopped;
  };
  if (signal?.aborted) void stop();
  signal?.addEventListener('abort', () => void stop(), { once: true });
  const pids = () => {
    const running = [...kept].flatMap(([name, child]) => (child.pid() === null ? [] : [[name, child.pid()]]));
    return Object.fromEntries(running) as Record<string, number>;
  };
  return { ready, stopped, pids, stop, kill };
}
