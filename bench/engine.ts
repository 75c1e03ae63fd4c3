import { mkdtempSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { loadConfig } from '../src/config.ts';
import { findTemporal } from '../src/embedded/find.ts';
import { startTemporal } from '../src/embedded/start.ts';
import { homePaths, tuttiHome } from '../src/home.ts';
import { makeRepository } from './repository.ts';
import { startProcesses } from './processes.ts';
import { bundleSubstrate } from './substrate/worker.ts';
import type { Config } from '../src/config.ts';
import type { Processes } from './processes.ts';
import type { Script } from '../src/activities/providers/scripted.ts';
import type { TemporalTarget } from '../src/embedded/connect.ts';

/** A Temporal server of its own, both worker processes, and a source repository, in a temporary home. */
export interface Engine {
  readonly client: Client;
  readonly config: Config;
  readonly temporal: TemporalTarget;
  readonly processes: Processes;
  readonly repository: string;
}

export interface EngineOptions {
  readonly script: Script;
  /** Files of the source repository. (Default: 20) */
  readonly files?: number;
  /** True: the worker processes serve the substrate's workflow too. (Default: false) */
  readonly substrate?: boolean;
}

/** Assignments and commands at a time: more than any measure wants, so that no number is about a queue. */
const LIMITS = 'limits:\n  tasks: 64\n  commands: 64\n';

/** Opens an engine, lets `use` work with it, and removes all of it. */
export async function withEngine<T>(options: EngineOptions, use: (engine: Engine) => Promise<T>): Promise<T> {
  const dir = realpathSync(mkdtempSync(path.join(tmpdir(), 'tutti-bench-')));
  const closers: (() => Promise<unknown> | void)[] = [() => rmSync(dir, { recursive: true, force: true })];
  try {
    const repository = path.join(dir, 'source');
    makeRepository(repository, options.files ?? 20);
    const home = homePaths(path.join(dir, 'home'));
    mkdirSync(home.root, { mode: 0o700 });
    writeFileSync(home.config, LIMITS);
    const script = path.join(dir, 'script.json');
    writeFileSync(script, JSON.stringify(options.script));
    const server = await startTemporal({ binary: await temporalBinary(), home });
    closers.unshift(() => server.stop());
    const env = {
      ...process.env,
      TUTTI_HOME: home.root,
      TUTTI_HOST_ID: 'bench',
      TUTTI_SCRIPT: script,
      TEMPORAL_ADDRESS: server.address,
      ...(options.substrate && { TUTTI_BENCH_SUBSTRATE: await substrateBundle(dir) }),
    };
    const processes = await startProcesses(env);
    closers.unshift(() => processes.end());
    const connection = await Connection.connect({ address: server.address });
    closers.unshift(() => connection.close());
    const temporal = { connection: { address: server.address }, namespace: server.namespace };
    const client = new Client({ connection, namespace: server.namespace });
    return await use({ client, config: loadConfig({ env }).config, temporal, processes, repository });
  } finally {
    for (const close of closers) await close();
  }
}

const temporalBinary = (): Promise<string> =>
  findTemporal({ home: homePaths(tuttiHome(process.env)), env: process.env });

async function substrateBundle(dir: string): Promise<string> {
  const file = path.join(dir, 'substrate.js');
  await bundleSubstrate(file);
  return file;
}
