import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, symlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '../../contract/client.ts';
import { findTemporal } from '../../embedded/find.ts';
import { homePaths, readServer, tuttiHome } from '../../home.ts';
import { Refusal } from '../errors.ts';
import type { ChildProcess } from 'node:child_process';
import type { Client } from '../../contract/client.ts';
import type { Io } from '../io.ts';
import type { Narrator } from './narrator.ts';
import type { SandboxDriver } from '../../activities/workspace/sandbox/sandbox.ts';

export interface DemoServer {
  readonly url: string;
  readonly client: Client;
  /** Returns when all its processes are gone. A second call stops them at once. */
  stop(): Promise<void>;
}

export interface DemoServerOptions {
  /** A home of its own, thrown away afterwards. */
  readonly home: string;
  readonly env: Io['env'];
  /** The recording to play; null: a real model. */
  readonly script: string | null;
  readonly driver: SandboxDriver;
  readonly say: Narrator;
  readonly signal: AbortSignal;
}

const START_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;

/** Runs `tutti up` as a process with a home of its own on free ports, and waits until it takes jobs. */
export async function startDemoServer(options: DemoServerOptions): Promise<DemoServer> {
  const { home, say, signal } = options;
  await shareTemporal(options);
  const logFile = path.join(home, 'up.log');
  const child = spawn(process.execPath, [MAIN, 'up'], {
    cwd: home,
    env: environment(options),
    // A Ctrl-C in the terminal must reach the demo alone: the server is stopped by it, in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  }).finally(() => log.end());
  const stop = () => stopped(child, ended);
  try {
    const server = await untilReady(home, child, signal);
    say.text(`Server: ${server.url} (API, Temporal and two workers, each a process of its own).`);
    return { ...server, stop };
  } catch (error) {
    await stop();
    if (signal.aborted) throw error;
    const words = await readFile(logFile, 'utf8').catch(() => '');
    throw new Refusal(
      `${(error as Error).message}. It said:\n${words.trimEnd().split('\n').slice(-15).join('\n')}`,
    );
  }
}

const MAIN = path.resolve(import.meta.dirname, '../main.js');

/** Finds, downloads or builds Temporal in the user's own home, where the next demo finds it again. */
async function shareTemporal({ home, env, say, signal }: DemoServerOptions): Promise<void> {
  const found = findTemporal({
    home: homePaths(tuttiHome(env)),
    env,
    onProgress: (line) => say.text(line),
  });
  const binary = await Promise.race([found, whenAborted(signal)]);
  const folder = path.join(homePaths(home).temporal, 'bin');
  mkdirSync(folder, { recursive: true });
  symlinkSync(binary, path.join(folder, 'temporal'));
}

/** The user's environment without what it says about another server, and without keys unless one is needed. */
function environment({ env, home, script, driver }: DemoServerOptions): Record<string, string | undefined> {
  const foreign = /^(TUTTI_|TEMPORAL_|ARW_|OPENAI_|INIT_CWD$)/;
  const isKept = (name: string) => !foreign.test(name) && (script === null || !name.startsWith('ANTHROPIC_'));
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => isKept(name))),
    TUTTI_HOME: home,
    TUTTI_PORT: '0',
    TUTTI_HOST_ID: 'demo',
    ...(script === null ? {} : { TUTTI_SCRIPT: script }),
    ...(driver === 'none' ? { TUTTI_SANDBOX: 'none' } : {}),
  };
}

async function untilReady(
  home: string,
  child: ChildProcess,
  signal: AbortSignal,
): Promise<Pick<DemoServer, 'url' | 'client'>> {
  const paths = homePaths(home);
  for (
    const until = Date.now() + START_WITHIN_MS;
    Date.now() < until;
    await pause(50, undefined, { signal })
  ) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
      throw new Error('The server did not start');
    const url = readServer(paths)?.url;
    const token = await readFile(paths.token, 'utf8').catch(() => null);
    if (url === undefined || token === null) continue;
    const client = createClient({ url, token: token.trim() });
    const isReady = client.ready({ signal }).then(
      () => true,
      () => false,
    );
    if (await isReady) return { url, client };
  }
  throw new Error(`The server was not ready after ${START_WITHIN_MS / 1000} s`);
}

async function stopped(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGTERM'), STOP_WITHIN_MS);
  await ended.finally(() => clearTimeout(late));
}

const whenAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
