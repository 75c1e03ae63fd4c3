import { spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serverArguments } from './arguments.ts';
import { endProcess } from './end-process.ts';
import { endLeftOver, forgetServer, rememberServer } from './left-over.ts';
import { openLog } from './log-file.ts';
import { nextFree } from './ports.ts';
import { prepareServer } from './prepare.ts';
import type { ChildProcess } from 'node:child_process';
import type { Home } from '../home.ts';
import type { OnProgress } from './find.ts';

export interface StartOptions {
  readonly binary: string;
  readonly home: Home;
  /** Where to begin to look for free ports. (Default: 7234 and 8234) */
  readonly ports?: { readonly grpc: number; readonly ui: number };
  readonly onProgress?: OnProgress;
  /** More settings of the server, by the names of its dynamic configuration. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

export interface TemporalServer {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string;
  readonly pid: number;
  /** Resolves with the reason when the server ends without `stop`. */
  readonly exited: Promise<string>;
  /** SIGTERM, and SIGKILL after 5 s. Returns when the process is gone. Safe to call twice. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const NAMESPACE = 'default';
const STOP_MS = 5_000;

/**
 * Starts Temporal on 127.0.0.1 with its data in Tutti's home and waits until jobs can be started there. A server
 * that a killed Tutti left behind is ended first. Throws an Error with the end of the log.
 */
export async function startTemporal(options: StartOptions): Promise<TemporalServer> {
  const { home, ports = { grpc: 7234, ui: 8234 }, onProgress = () => {} } = options;
  mkdirSync(home.temporal, { recursive: true, mode: 0o700 });
  if (await endLeftOver(home, STOP_MS))
    onProgress('Ended the Temporal server that a killed Tutti left behind');
  for (let tries = 1; ; tries++) {
    const grpc = await nextFree(ports.grpc, HOST);
    const ui = await nextFree(ports.ui, HOST, [grpc]);
    try {
      const server = await startAt(options, { grpc, ui });
      onProgress(`Temporal listens on ${server.address}, its UI on ${server.uiUrl}`);
      return server;
    } catch (error) {
      // Between a look at a free port and its use another process may take it, also those that the server looks for
      // itself: over these it crashes.
      if (tries === 5 || !/address already in use|^panic: /m.test((error as Error).message)) throw error;
    }
  }
}

async function startAt(
  { binary, home, settings }: StartOptions,
  at: { grpc: number; ui: number },
): Promise<TemporalServer> {
  const log = path.join(home.logs, 'temporal.log');
  const { child, ended } = launch(binary, serverArguments(home, { host: HOST, ...at }, settings), log);
  const up = new AbortController();
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= end(child, home, ended));
  try {
    if (child.pid === undefined) throw new Error(await ended);
    rememberServer(home, child.pid);
    const early = ended.then((reason): never => {
      throw new Error(reason);
    });
    await Promise.race([
      prepareServer({ host: HOST, port: at.grpc, namespace: NAMESPACE }, up.signal),
      early,
    ]);
    early.catch(() => {});
    const exited = new Promise<string>((resolve) => {
      void ended.then((reason) => stopped === undefined && resolve(reason));
    });
    const [address, uiUrl] = [`${HOST}:${at.grpc}`, `http://${HOST}:${at.ui}`];
    return { address, namespace: NAMESPACE, uiUrl, pid: child.pid, exited, stop };
  } catch (error) {
    up.abort();
    await stop();
    throw error;
  }
}

/** In a process group of its own: a Ctrl-C in the terminal must not end it before the workers. */
function launch(
  binary: string,
  args: string[],
  logFile: string,
): { child: ChildProcess; ended: Promise<string> } {
  const log = openLog(logFile);
  const from = fstatSync(log).size;
  try {
    const env = { HOME: path.dirname(logFile), TMPDIR: tmpdir() };
    const child = spawn(binary, args, { detached: true, stdio: ['ignore', log, log], env });
    return { child, ended: whenEnded(child, () => tail(logFile, from)) };
  } finally {
    closeSync(log);
  }
}

/** Resolves, when the process is gone or never began, with the reason and the end of what it wrote. */
const whenEnded = (child: ChildProcess, lastWords: () => string) =>
  new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`Temporal could not be started: ${error.message}`));
    child.once('exit', (code, signal) =>
      resolve(`Temporal ended (${signal ?? `exit code ${code}`}). ${lastWords()}`),
    );
  });

async function end(child: ChildProcess, home: Home, ended: Promise<string>): Promise<void> {
  if (child.pid !== undefined) await endProcess(child.pid, STOP_MS);
  await ended;
  forgetServer(home);
}

/** The end of the log, and before it the line that says why, which a crash writes above its long stack. */
function tail(file: string, from: number): string {
  const lines = readFileSync(file).subarray(from).toString().trimEnd().split('\n');
  const end = lines.slice(-8);
  const cause = lines.slice(0, -8).findLast((line) => /^panic: |^Error: /i.test(line));
  return `${file} ends with:\n${[...(cause === undefined ? [] : [cause, '…']), ...end].join('\n')}`;
}
