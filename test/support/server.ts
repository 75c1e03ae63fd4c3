import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from '../../src/contract/client.ts';
import { homePaths, readServer } from '../../src/home.ts';
import { makeRepository } from './repository.ts';
import { temporalBinary } from './temporal.ts';
import type { ChildProcess } from 'node:child_process';
import type { Client } from '../../src/contract/client.ts';

/** The built program. */
export const PROGRAM = path.resolve(import.meta.dirname, '../../dist/src/cli/main.js');

/** `tutti up` as a user starts it: its own processes, its own home, a source repository. */
export interface Server {
  readonly home: string;
  readonly repo: string;
  readonly env: NodeJS.ProcessEnv;
  readonly client: Client;
  readonly url: string;
  /** Everything that the server wrote so far. */
  readonly output: () => string;
  /** Pids of the server, of what it started, and of what they started. */
  readonly pids: () => readonly number[];
  /** Sends the signal to `tutti up` alone, and waits until it is gone. */
  readonly stop: (signal: NodeJS.Signals) => Promise<number | null>;
  /** Kills the server and everything that it started, at once. */
  readonly killAll: () => Promise<void>;
  /** Starts it again on the same home. */
  readonly start: () => Promise<void>;
}

export interface ServerOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

export async function withServer(
  options: ServerOptions,
  use: (server: Server) => Promise<void>,
): Promise<void> {
  const dir = await realpath(await mkdtemp(path.join(tmpdir(), 'tutti-server-')));
  const repo = path.join(dir, 'source');
  await makeRepository(repo, options.files);
  const home = path.join(dir, 'home');
  const binary = await temporalBinary();
  const { ANTHROPIC_API_KEY: _, OPENAI_API_KEY: __, ...inherited } = process.env;
  const env = {
    ...inherited,
    PATH: `${path.dirname(binary)}:${process.env['PATH']}`,
    TUTTI_HOME: home,
    ...options.env,
  };
  let child: ChildProcess | undefined;
  let client: Client | undefined;
  let url = '';
  let output = '';

  async function start(): Promise<void> {
    const started = spawn(process.execPath, [PROGRAM, 'up', '--port', '0'], { cwd: repo, env });
    child = started;
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk) => (output += String(chunk)));
    url = await ready(home, started, () => output);
    client = createClient({ url, token: readFileSync(homePaths(home).token, 'utf8').trim() });
  }
  async function killAll(): Promise<void> {
    const pids = child?.pid === undefined ? [] : tree(child.pid);
    for (const pid of pids) kill(pid, 'SIGKILL');
    await until(() => pids.every((pid) => !existsSync(`/proc/${pid}`) || isZombie(pid)), 'processes to die');
  }
  try {
    await start();
    await use({
      home,
      repo,
      env,
      get client() {
        return client as Client;
      },
      get url() {
        return url;
      },
      output: () => output,
      pids: () => (child?.pid === undefined ? [] : tree(child.pid)),
      async stop(signal) {
        const running = child as ChildProcess;
        const exit = new Promise<number | null>((resolve) => running.once('exit', resolve));
        running.kill(signal);
        return exit;
      },
      killAll,
      start,
    });
  } finally {
    await killAll();
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Waits for a condition, a few times a second. */
export async function until<T>(
  fits: () => T | Promise<T>,
  what: string,
  seconds = 60,
): Promise<NonNullable<Exclude<T, false>>> {
  const patience = Date.now() + seconds * 1000;
  for (;;) {
    const found = await fits();
    if (found) return found as NonNullable<Exclude<T, false>>;
    if (Date.now() > patience) throw new Error(`waited ${seconds} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function ready(home: string, child: ChildProcess, output: () => string): Promise<string> {
  return until(async () => {
    if (child.exitCode !== null) throw new Error(`tutti up ended with ${child.exitCode}:\n${output()}`);
    const url = readServer(homePaths(home))?.url;
    if (!url || !existsSync(homePaths(home).token)) return null;
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    return answer?.ok ? url : null;
  }, `tutti up to be ready:\n${output()}`);
}

/** A process and all below it, by the kernel's table. */
export function tree(pid: number): number[] {
  const children = readChildren(pid);
  return [pid, ...children.flatMap(tree)];
}

function readChildren(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

const isZombie = (pid: number): boolean => {
  try {
    return /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
};

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}
