import { ParentClosePolicy, getExternalWorkflowHandle, log, sleep, startChild } from '@temporalio/workflow';
import { PLANNER } from '../../domain/ids.ts';
import { taskError } from '../../domain/failures.ts';
import { taskOf } from '../../domain/job/describe.ts';
import { modelOf, priceOf } from '../../domain/job/money.ts';
import { grantWaiting, startReady, takeEnded } from '../../domain/job/progress.ts';
import { attemptKey, hubOf } from '../../domain/job/state.ts';
import { accountAttempt } from '../activities.ts';
import { adoptedSignal, grantSignal, jobWorkflowId, taskWorkflowId } from '../messages.ts';
import type { Job, TaskRecord } from '../../domain/job/state.ts';
import type { Start } from '../../domain/job/progress.ts';
import type { TaskId } from '../../domain/ids.ts';
import type { taskWorkflow } from '../task.ts';
import type { TaskTerms } from '../task/attempt.ts';
import type { Desk } from './desk.ts';

/** How often a run asks after the attempts that an earlier run started. */
const ASK_AFTER = '10 minutes';

/**
 * The attempts of a job. They outlive a run of the job (their close policy is ABANDON), report by signal to its
 * workflow id, and are never waited for by their results alone.
 */
export interface Children {
  /** Starts what is ready; returns when every start is acknowledged. */
  begin(): Promise<void>;
  /** Serves what waits for money or for the merge. */
  grant(): Promise<void>;
  /** Cancels what runs, once each. */
  cancel(): Promise<void>;
  /** Tells attempts of earlier runs that the job goes on, now and every ten minutes; settles those that are gone. */
  adopt(): void;
  /** False while a lost attempt is being settled. */
  idle(): boolean;
}

interface AttemptId {
  readonly taskId: TaskId;
  readonly attempt: number;
}

export function createChildren(desk: Desk): Children {
  const { job, change, act } = desk;
  const cancelled = new Set<string>();
  let settling = 0;

  /** An attempt that ended without a report is paid for by what its refs say. */
  async function settleLost({ taskId, attempt }: AttemptId): Promise<void> {
    if (!running(job).some((one) => one.taskId === taskId && one.attempt === attempt)) return;
    settling += 1;
    const place = { hub: hubOf(job), jobId: job.jobId, taskId, attempt };
    const account = await accountAttempt(place).finally(() => {
      settling -= 1;
    });
    const error = taskError('attempt_lost', 'its workflow ended without a report');
    const outcome = cancelled.has(attemptKey(taskId, attempt))
      ? ({ kind: 'cancelled' } as const)
      : ({ kind: 'failed', error } as const);
    change((now) =>
      takeEnded(
        job,
        { taskId, attempt, seq: Number.MAX_SAFE_INTEGER, baseSha: null, ...account, outcome },
        now,
      ),
    );
  }

  async function spawn(start: Start): Promise<void> {
    const terms = termsOf(job, start);
    const child = await startChild<typeof taskWorkflow>('taskWorkflow', {
      args: [{ kind: 'ordered', terms }],
      workflowId: taskWorkflowId(job.jobId, start.taskId, start.attempt),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowTaskTimeout: '5s',
      staticSummary: `${start.taskId} ${terms.title}, attempt ${start.attempt}`,
    });
    child.result().catch(() => settleLost(start));
  }

  const handleOf = ({ taskId, attempt }: AttemptId) =>
    getExternalWorkflowHandle(taskWorkflowId(job.jobId, taskId, attempt));

  return {
    async begin() {
      const starts = job.integration.head === null ? [] : act((now) => startReady(job, now));
      await Promise.all(starts.map(spawn));
    },
    async grant() {
      const grants = act((now) => grantWaiting(job, now));
      await Promise.all(
        grants.map((grant) =>
          handleOf(grant)
            .signal(grantSignal, grant)
            .catch(() => settleLost(grant)),
        ),
      );
    },
    async cancel() {
      const left = running(job).filter((one) => !cancelled.has(attemptKey(one.taskId, one.attempt)));
      for (const one of left) cancelled.add(attemptKey(one.taskId, one.attempt));
      await Promise.all(
        left.map((one) =>
          handleOf(one)
            .cancel()
            .catch(() => settleLost(one)),
        ),
      );
    },
    adopt() {
      let adopted = running(job);
      const ask = async (): Promise<void> => {
        while (adopted.length > 0) {
          await Promise.all(
            adopted.map((one) =>
              handleOf(one)
                .signal(adoptedSignal)
                .catch(() => settleLost(one)),
            ),
          );
          await sleep(ASK_AFTER);
          const still = new Set(running(job).map((one) => attemptKey(one.taskId, one.attempt)));
          adopted = adopted.filter((one) => still.has(attemptKey(one.taskId, one.attempt)));
        }
      };
      ask().catch((error: unknown) => log.warn('stopped asking after attempts', { error: String(error) }));
    },
    idle: () => settling === 0,
  };
}

const running = (job: Job): AttemptId[] =>
  [job.planner, ...job.tasks]
    .filter((task) => task.state.kind === 'running')
    .map((task) => ({ taskId: task.outline.taskId, attempt: task.attempts.length }));

function termsOf(job: Job, start: Start): TaskTerms {
  const { header, plan } = job;
  const task = (start.taskId === PLANNER ? job.planner : taskOf(job, start.taskId)) as TaskRecord;
  const planning = start.taskId === PLANNER;
  const id = modelOf(job, task);
  return {
    place: { hub: hubOf(job), jobId: job.jobId, taskId: start.taskId, attempt: start.attempt },
    title: task.outline.title,
    payer: jobWorkflowId(job.jobId),
    agentRole: planning ? 'planner' : 'builder',
    provider: header.provider,
    model: header.models.find((known) => known.id === id) ?? {
      id,
      price: priceOf(header, id),
      contextTokens: 0,
    },
    source: header.source,
    baseSha: job.integration.head as string,
    specSha: job.specSha as string,
    planSha: planning ? null : (plan?.sha ?? null),
    setupKey: planning ? null : (plan?.setupKey ?? null),
    network: planning ? 'none' : (plan?.network ?? 'none'),
    turns: header.turnsPerTask,
    start,
  };
}
