import { rmSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { isAlive } from './src/activities/workspace/sandbox/process-tree.ts';
import { closeStore } from './src/store/sessions.ts';
import { startSpawner } from './src/store/spawner.ts';
import { leftInflight } from './src/worker/inflight.ts';
import { inflightDir } from './src/worker/options.ts';
import type { Config } from './src/config.ts';
import type { TemporalTarget } from './src/embedded/connect.ts';
import type { WorkerOptions } from '@temporalio/worker';
import type { WorkerRole } from './src/worker/options.ts';

/** How a worker process is run. `ready` is called once it polls; `stop` ends it within ten seconds. */
export interface WorkerRun {
  readonly role: WorkerRole;
  readonly config: Config;
  readonly temporal: TemporalTarget;
  readonly stop: AbortSignal;
  readonly ready: () => void;
}

/** Runs one role's workers until `stop`, and ends the steps that a killed predecessor left. */
export async function runWorker({ role, config, temporal, stop, ready }: WorkerRun): Promise<void> {
  const { connection: address, namespace } = temporal;
  const [connection, native, spawner] = await Promise.all([
    Connection.connect(address),
    NativeConnection.connect(address),
    role === 'workspace' ? startSpawner() : null,
  ]);
  try {
    const client = new Client({ connection, namespace });
    const [options] = await Promise.all([
      optionsOf({ role, config, native, namespace, client }),
      endLeftSteps(client, inflightDir(config, role)),
    ]);
    const workers = await Promise.all(options.map((one) => Worker.create(one)));
    const shutDown = (): void => workers.forEach((worker) => worker.shutdown());
    if (stop.aborted) return;
    stop.addEventListener('abort', shutDown, { once: true });
    const runs = workers.map((worker) => worker.run());
    ready();
    await Promise.all(runs);
  } finally {
    await closeStore();
    await spawner?.close();
    await native.close();
    await connection.close();
  }
}

/** Each role loads its own side only: the other's SDKs would be a fifth of its start. */
async function optionsOf(run: {
  role: WorkerRole;
  config: Config;
  native: NativeConnection;
  namespace: string;
  client: Client;
}): Promise<WorkerOptions[]> {
  const { role, config, native, namespace, client } = run;
  if (role === 'engine')
    return (await import('./src/worker/engine.ts')).engineWorkers(config, native, namespace);
  return (await import('./src/worker/workspace.ts')).workspaceWorkers(config, native, namespace, client);
}

/** Steps of a worker that was killed are failed at once, so that their workflows need not wait for a heartbeat timeout. */
async function endLeftSteps(client: Client, dir: string): Promise<void> {
  const lost = new Error('the worker that ran this step is gone');
  await Promise.all(
    leftInflight(dir, isAlive).map(async ({ file, taskToken }) => {
      if (taskToken !== null) await client.activity.fail(taskToken, lost).catch(() => {});
      rmSync(file, { force: true });
    }),
  );
}
