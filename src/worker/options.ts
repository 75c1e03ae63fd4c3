import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { markProcess } from '../activities/workspace/sandbox/process-tree.ts';
import { recordInflight } from './inflight.ts';
import type { Config } from '../config.ts';
import type { NativeConnection, WorkerOptions } from '@temporalio/worker';

export type WorkerRole = 'engine' | 'workspace';

/** After a stop is asked for: steps get this long to reach their end, then they are stopped at their last durable one. */
const GRACE = '5s';

/** Workflow tasks at a time. After a restart each holds a replay: more slots than this throw finished replays away. */
const WORKFLOW_TASKS = 8;

/**
 * Open polls for steps. A step that is handed to the poll of a frozen worker is lost until its heartbeat runs out, so
 * there is one: it feeds a busy host a few hundred steps a second.
 */
const POLLS = 1;

/**
 * How often heartbeats go out. Left to itself the SDK sends them every 16 s of 20, or 48 of 60: a server that is busy
 * for 4 s makes a step lost, and a cancel, which comes with the answer, waits as long.
 */
const BEAT = '4s';

/** What every worker of a role has in common. */
export function workerOptions(
  config: Config,
  role: WorkerRole,
  connection: NativeConnection,
  namespace: string,
): Omit<WorkerOptions, 'taskQueue'> {
  const self = { pid: process.pid, started: markProcess(process.pid)?.started ?? '' };
  return {
    connection,
    namespace,
    shutdownGraceTime: GRACE,
    shutdownForceTime: '9s',
    maxConcurrentActivityTaskPolls: POLLS,
    maxHeartbeatThrottleInterval: BEAT,
    stickyQueueScheduleToStartTimeout: '500ms',
    interceptors: { activity: [recordInflight(inflightDir(config, role), self)] },
  };
}

/** The workflows as they are shipped: bundled once at build time, so that a worker starts without webpack. */
export const workflowOptions = (): Pick<
  WorkerOptions,
  'workflowBundle' | 'maxConcurrentWorkflowTaskExecutions' | 'maxCachedWorkflows' | 'reuseV8Context'
> => ({
  workflowBundle: { codePath: bundlePath() },
  maxConcurrentWorkflowTaskExecutions: WORKFLOW_TASKS,
  maxCachedWorkflows: 1_000,
  reuseV8Context: true,
});

export const hostDir = (config: Config): string => path.join(config.home.hosts, config.hostId);

export const inflightDir = (config: Config, role: WorkerRole): string =>
  path.join(hostDir(config), 'inflight', role);

/** Beside the compiled program; a program run from its sources uses the last build's. */
function bundlePath(): string {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const built = path.join(root, 'workflow-bundle.js');
  return existsSync(built) ? built : path.join(root, 'dist/workflow-bundle.js');
}
