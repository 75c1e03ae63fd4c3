import { setTimeout as sleep } from 'node:timers/promises';
import {
  Client,
  Connection,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  isRetryableError,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';
import { SearchAttributeType, TypedSearchAttributes, defineSearchAttributeKey } from '@temporalio/common';
import { engineError, isGone, unavailable } from './gateway-errors.ts';
import {
  ENGINE_QUEUE,
  WORKSPACE_QUEUE,
  commandUpdates,
  eventsQuery,
  jobQuery,
  jobWorkflowId,
  submitUpdate,
} from '../workflows/messages.ts';
import type { ConnectionOptions, WorkflowExecutionInfo } from '@temporalio/client';
import type { Command } from '../domain/job/commands.ts';
import type { CommandAnswer, Job, JobEvent } from '../domain/job/state.ts';
import type { JobId } from '../domain/ids.ts';
import type { JobView } from '../domain/job/view.ts';
import type { JobMemo, JobStart } from '../workflows/messages.ts';

/** Every call ends by its deadline, in milliseconds: a query without workers would wait for ever. */
const DEADLINE = { accept: 10_000, command: 10_000, query: 5_000, list: 10_000, probe: 3_000, erase: 10_000 };
/** A poller that has not been heard of for longer than its long poll is gone. */
const POLLER_FRESH_MS = 75_000;
/** The queues without which no job moves: 1 is for workflow tasks, 2 for activities. */
const QUEUES = [
  { name: ENGINE_QUEUE, taskQueueType: 1 },
  { name: ENGINE_QUEUE, taskQueueType: 2 },
  { name: WORKSPACE_QUEUE, taskQueueType: 2 },
] as const;
/** Between repetitions of a call that Temporal could not be reached with. */
const LONGEST_PAUSE_MS = 500;
const pauseMs = (attempt: number): number => Math.min(LONGEST_PAUSE_MS, 50 * 2 ** Math.min(attempt, 10));

const ERASE_ROUNDS = 10;
const ERASE_PAUSE_MS = 1_000;

const KIND = defineSearchAttributeKey('TuttiKind', SearchAttributeType.KEYWORD);
const JOB = defineSearchAttributeKey('TuttiJob', SearchAttributeType.KEYWORD);
const STATE = defineSearchAttributeKey('TuttiState', SearchAttributeType.KEYWORD);
const OWNER = defineSearchAttributeKey('TuttiOwner', SearchAttributeType.KEYWORD);
const CREATED_AT = defineSearchAttributeKey('TuttiCreatedAt', SearchAttributeType.DATETIME);

export interface GatewayOptions {
  readonly connection: ConnectionOptions;
  readonly namespace: string;
}

export type Submission = Extract<JobStart, { kind: 'submitted' }>;

/** One row of visibility: a job as its workflow last published it. */
export interface JobRow {
  readonly jobId: JobId;
  readonly kind: string;
  readonly state: string;
  readonly createdAt: number;
  readonly open: boolean;
  readonly memo: Partial<JobMemo>;
}

/** A part of the creation time: after `from` (0: everything), up to and with `to`. */
export interface JobWindow {
  readonly from: number;
  readonly to: number;
  readonly kinds: readonly string[];
  readonly states: readonly string[];
}

/** The way to the workflows. Errors are of our table: engine_unavailable, engine_stuck, a command's refusal. */
export interface Gateway {
  /** Starts the job, or finds the one that its id already has. `exists`: it is closed. */
  start(job: Submission, memo: JobMemo): Promise<'accepted' | 'exists'>;
  /** Resolves when the job has a plan or has ended, or false after `ms`. */
  planned(jobId: JobId, ms: number): Promise<boolean>;
  /** Null: no open workflow has this id. */
  view(jobId: JobId): Promise<JobView | null>;
  events(jobId: JobId, after: number): Promise<{ events: JobEvent[]; last: number } | null>;
  /** Null: no open workflow has this id. */
  command(jobId: JobId, updateId: string, command: Command): Promise<CommandAnswer | null>;
  /** Starts a closed job again, to be deleted. */
  reopen(job: Job): Promise<void>;
  /** Drops every closed run of the job and its children from Temporal, which shows them with a delay. */
  erase(jobId: JobId): Promise<void>;
  list(window: JobWindow): Promise<JobRow[]>;
  /** Queues that no worker polls; empty when all is well. */
  unpolled(): Promise<string[]>;
  close(): Promise<void>;
}

/** Nothing is connected before the first call, and a lost connection comes back by itself. */
export function createGateway(options: GatewayOptions): Gateway {
  let closing = false;
  const underWay = new Set<Promise<unknown>>();
  const connection = Connection.lazy({
    ...options.connection,
    channelArgs: { 'grpc.max_reconnect_backoff_ms': 1_000, ...options.connection.channelArgs },
    interceptors: [makeGrpcRetryInterceptor({ delayFunction: pauseMs, retryableDecider: mayRepeat })],
  });
  const { namespace } = options;
  const client = new Client({
    connection,
    namespace,
    workflow: { queryRejectCondition: 'NOT_OPEN' },
  });
  const handleOf = (jobId: JobId) => client.workflow.getHandle(jobWorkflowId(jobId));

  async function within<T>(ms: number, call: () => Promise<T>, jobId?: JobId): Promise<T> {
    if (closing) throw unavailable(undefined, jobId);
    const answer = connection.withDeadline(Date.now() + ms, call);
    underWay.add(answer);
    try {
      return await answer;
    } catch (error) {
      throw engineError(error, jobId);
    } finally {
      underWay.delete(answer);
    }
  }

  /** The client repeats a call within its deadline, and the pause before the last repetition overruns it. */
  function mayRepeat(_attempt: number, status: Parameters<typeof isRetryableError>[0]): boolean {
    return !closing && isRetryableError(status);
  }

  /** Null where no open workflow has the id. */
  async function ask<T>(ms: number, call: () => Promise<T>): Promise<T | null> {
    return within(ms, () => call().catch((error: unknown) => (isGone(error) ? null : Promise.reject(error))));
  }

  const startOptions = (job: { jobId: JobId; title: string; createdAt: number; owner: string }) => ({
    workflowId: jobWorkflowId(job.jobId),
    taskQueue: ENGINE_QUEUE,
    workflowTaskTimeout: '5s' as const,
    staticSummary: job.title,
    typedSearchAttributes: new TypedSearchAttributes([
      { key: KIND, value: 'development' },
      { key: JOB, value: job.jobId },
      { key: STATE, value: 'planning' },
      { key: OWNER, value: job.owner },
      { key: CREATED_AT, value: new Date(job.createdAt) },
    ]),
  });

  const unpolled = (): Promise<string[]> =>
    within(DEADLINE.probe, async () => {
      const missing: string[] = [];
      for (const { name, taskQueueType } of QUEUES) {
        const request: object = { namespace, taskQueue: { name }, taskQueueType };
        const { pollers } = await connection.workflowService.describeTaskQueue(request);
        const since = Date.now() - POLLER_FRESH_MS;
        if (!(pollers ?? []).some((poller) => Number(poller.lastAccessTime?.seconds ?? 0) * 1_000 > since))
          missing.push(name);
      }
      return missing;
    });

  return {
    async start(job, memo) {
      const startWorkflowOperation = new WithStartWorkflowOperation('jobWorkflow', {
        ...startOptions({ ...job, title: job.spec.title }),
        args: [job],
        memo: { ...memo },
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
      });
      startWorkflowOperation.workflowHandle().catch(() => {});
      const update = { updateId: 'submit', waitForStage: 'ACCEPTED' as const, startWorkflowOperation };
      return within(
        DEADLINE.accept,
        () =>
          client.workflow.startUpdateWithStart(submitUpdate, update).then(
            () => 'accepted' as const,
            (error: unknown) =>
              error instanceof WorkflowExecutionAlreadyStartedError ? 'exists' : Promise.reject(error),
          ),
        job.jobId,
      );
    },

    async planned(jobId, ms) {
      try {
        await connection.withDeadline(Date.now() + ms, () =>
          handleOf(jobId).getUpdateHandle('submit').result(),
        );
        return true;
      } catch (error) {
        if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return false;
        if (isGone(error)) return true;
        throw engineError(error, jobId);
      }
    },

    view: (jobId) => ask(DEADLINE.query, () => handleOf(jobId).query(jobQuery)),

    events: (jobId, after) => ask(DEADLINE.query, () => handleOf(jobId).query(eventsQuery, after)),

    command: (jobId, updateId, command) =>
      ask(DEADLINE.command, () =>
        handleOf(jobId).executeUpdate(commandUpdates[command.name], { updateId, args: [command] }),
      ),

    async reopen(job) {
      if ((await unpolled()).length > 0) throw unavailable();
      const options = startOptions({ ...job, title: job.header.title });
      await within(DEADLINE.command, () =>
        client.workflow.start('jobWorkflow', {
          ...options,
          args: [{ kind: 'reopened', job } satisfies JobStart],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        }),
      );
    },

    async erase(jobId) {
      const query = `WorkflowId = '${jobWorkflowId(jobId)}' OR WorkflowId STARTS_WITH 'task:${jobId}:'`;
      const erased = new Set<string>();
      for (let round = 0; round < ERASE_ROUNDS; round++) {
        if (round > 0) await sleep(ERASE_PAUSE_MS);
        const runs = await within(DEADLINE.erase, () =>
          collect(client.workflow.list({ query, pageSize: 1_000 })),
        );
        for (const { workflowId, runId, status } of runs) {
          if (status.name === 'RUNNING' || erased.has(runId)) continue;
          const request = { namespace, workflowExecution: { workflowId, runId } };
          await ask(DEADLINE.erase, () => connection.workflowService.deleteWorkflowExecution(request));
          erased.add(runId);
        }
        // The server keeps showing what it has agreed to drop; a run that is new in a second look closed meanwhile.
        if (round > 0 && runs.every(({ runId }) => erased.has(runId))) return;
      }
    },

    list: ({ from, to, kinds, states }) =>
      within(DEADLINE.list, async () => {
        const query = [
          `TuttiKind IN (${quoted(kinds)})`,
          `TuttiCreatedAt > '${new Date(from).toISOString()}'`,
          `TuttiCreatedAt <= '${new Date(to).toISOString()}'`,
          `ExecutionStatus != 'ContinuedAsNew'`,
          `TuttiState != 'deleted'`,
          ...(states.length > 0 ? [`TuttiState IN (${quoted(states)})`] : []),
        ].join(' AND ');
        return (await collect(client.workflow.list({ query, pageSize: 1_000 }))).flatMap(
          (row) => rowOf(row) ?? [],
        );
      }),

    unpolled,

    async close() {
      closing = true;
      // A repetition that is due after the channel is closed would throw where nobody catches it.
      await Promise.race([
        Promise.allSettled(underWay),
        sleep(2 * LONGEST_PAUSE_MS, undefined, { ref: false }),
      ]);
      await connection.close();
    },
  };
}

function rowOf(row: WorkflowExecutionInfo): JobRow | null {
  const attributes = row.typedSearchAttributes;
  const jobId = attributes.get(JOB);
  const createdAt = attributes.get(CREATED_AT);
  if (jobId === undefined || createdAt === undefined) return null;
  return {
    jobId,
    kind: attributes.get(KIND) ?? 'development',
    state: attributes.get(STATE) ?? 'planning',
    createdAt: createdAt.getTime(),
    open: row.status.name === 'RUNNING',
    memo: (row.memo ?? {}) as Partial<JobMemo>,
  };
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ');
