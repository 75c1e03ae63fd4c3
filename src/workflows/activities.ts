import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import { ENGINE_QUEUE, WORKSPACE_QUEUE, hostQueue } from './messages.ts';
import type { ActivityFunctionWithOptions, ActivityOptions } from '@temporalio/workflow';
import type { HostId } from '../domain/ids.ts';
import type { EngineSteps, HostSteps, WorkspaceSteps } from '../activities/steps.ts';

/** Only the workflow may repeat these: a redelivery by policy would pay twice or write into a worktree twice. */
const ONCE = { maximumAttempts: 1 };

/** Free of charge and idempotent: Temporal repeats them for ever. */
const UNTIL_DONE = { initialInterval: '250ms', backoffCoefficient: 2, maximumInterval: '20s' } as const;

const STEP: ActivityOptions = {
  heartbeatTimeout: '20s',
  startToCloseTimeout: '1 day',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
};

export const { callModel } = proxyActivities<EngineSteps>({
  ...STEP,
  taskQueue: ENGINE_QUEUE,
  heartbeatTimeout: '60s',
  startToCloseTimeout: '1h',
  retry: ONCE,
});

export const { openJob } = proxyActivities<WorkspaceSteps>({
  ...STEP,
  taskQueue: WORKSPACE_QUEUE,
  retry: { ...UNTIL_DONE, nonRetryableErrorTypes: ['repository_unusable', 'plan_invalid'] },
});

/** A job cannot go on without these: whatever is in their way, an operator sees it in the Temporal UI. */
export const { accountAttempt, saveEvents, archiveJob, dropJob } = proxyActivities<WorkspaceSteps>({
  ...STEP,
  taskQueue: WORKSPACE_QUEUE,
  retry: UNTIL_DONE,
});

export const { verifyJob } = proxyActivities<WorkspaceSteps>({
  ...STEP,
  taskQueue: WORKSPACE_QUEUE,
  retry: { ...UNTIL_DONE, nonRetryableErrorTypes: ['setup_failed', 'sandbox_unavailable'] },
});

/** A full host says no at once and is asked again every second: no event per try. */
export const { findHost } = proxyActivities<WorkspaceSteps>({
  ...STEP,
  taskQueue: WORKSPACE_QUEUE,
  retry: { initialInterval: '200ms', backoffCoefficient: 1.5, maximumInterval: '2s' },
});

type HostProxies = { [N in keyof HostSteps]: ActivityFunctionWithOptions<HostSteps[N]> };

/** The steps of one host, on its own queue. A step that nobody takes for 15 s means that the host is gone. */
export const hostSteps = (host: HostId): HostProxies =>
  proxyActivities<HostSteps>({
    ...STEP,
    taskQueue: hostQueue(host),
    scheduleToStartTimeout: '15s',
    retry: ONCE,
  });
