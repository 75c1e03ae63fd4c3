import { homedir } from 'node:os';
import { WorkflowNotFoundError } from '@temporalio/client';
import { createWorkspaceSteps } from '../activities/index.ts';
import { openSandboxAside } from '../activities/workspace/sandbox/aside.ts';
import { WORKSPACE_QUEUE, hostQueue } from '../workflows/messages.ts';
import { hostDir, workerOptions } from './options.ts';
import { recordSandbox } from './sandbox-record.ts';
import type { Author } from '../store/objects.ts';
import type { Client } from '@temporalio/client';
import type { Config } from '../config.ts';
import type { NativeConnection, WorkerOptions } from '@temporalio/worker';

/** More places than assignments: a step that waits for one would be taken for a step of a dead host. */
const STEPS_BESIDE_ASSIGNMENTS = 16;

/** The workers of one host: steps that any host may take, and those of its own worktrees. They hold no keys. */
export async function workspaceWorkers(
  config: Config,
  connection: NativeConnection,
  namespace: string,
  client: Client,
): Promise<WorkerOptions[]> {
  const opened = await openSandboxAside({
    mode: config.sandbox,
    readOnly: config.sandboxReadOnly,
    home: homedir(),
    path: process.env.PATH ?? '',
  });
  recordSandbox(hostDir(config), opened);
  const { tasks, commands, memoryMb, commandSeconds } = config.limits;
  const steps = createWorkspaceSteps({
    hubsDir: config.home.hubs,
    hostDir: hostDir(config),
    host: config.hostId,
    sandbox: opened.sandbox ?? { unavailable: `${opened.reason}. ${opened.remedy}` },
    limits: { tasks, commands, memoryMb, commandSeconds },
    author: authorOf(config.git.author),
    isOpen: (workflowId) => isOpen(client, workflowId),
  });
  const common = {
    ...workerOptions(config, 'workspace', connection, namespace),
    maxConcurrentActivityTaskExecutions: tasks + STEPS_BESIDE_ASSIGNMENTS,
  };
  return [
    { ...common, taskQueue: WORKSPACE_QUEUE, activities: { ...steps.shared } },
    { ...common, taskQueue: hostQueue(config.hostId), activities: { ...steps.host } },
  ];
}

async function isOpen(client: Client, workflowId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    // Deleted with its job, or ended so long ago that the server has forgotten it.
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

function authorOf(text: string): Author {
  const [, name = 'Tutti', email = 'tutti@localhost'] = /^(.*?)\s*<([^>]*)>\s*$/.exec(text) ?? [];
  return { name, email };
}
