import { WithStartWorkflowOperation } from '@temporalio/client';
import { resolveSource } from '../src/store/source.ts';
import { jobIdFrom } from '../src/domain/ids.ts';
import { MODELS, findModel } from '../src/domain/models.ts';
import {
  ENGINE_QUEUE,
  jobQuery,
  jobWorkflowId,
  submitUpdate,
  taskWorkflowId,
} from '../src/workflows/messages.ts';
import type { Engine } from './engine.ts';
import type { JobStart } from '../src/workflows/messages.ts';
import type { PlanDraft } from '../src/domain/plan.ts';
import type { Spec } from '../src/domain/spec.ts';

/** A task of a bench's plan. */
export interface BenchTask {
  readonly taskId: string;
  readonly dependsOn?: readonly string[];
  /** How long its path is, for the order of tasks. */
  readonly estimate?: number;
}

export interface BenchJob {
  readonly jobId: string;
  /** Resolves when the job has ended; throws when it did not end as `completed`. */
  ended(): Promise<void>;
  taskRun(taskId: string): string;
}

let jobs = 0;

/** Starts a job with this plan and waits until the plan is checked; approved at once unless `approve` is false. */
export async function submit(
  { client, repository }: Engine,
  tasks: readonly BenchTask[],
  { maxParallel = 1, approve = true }: { maxParallel?: number; approve?: boolean } = {},
): Promise<BenchJob> {
  jobs += 1;
  const jobId = jobIdFrom(Buffer.from([0, 0, 0, 0, jobs >> 8, jobs & 255]));
  const spec = await specOf(repository, tasks, { maxParallel, autoApprove: approve });
  const start: JobStart = {
    kind: 'submitted',
    jobId,
    owner: 'bench',
    createdAt: Date.now(),
    spec,
    specBytes: spec.title.length + spec.description.length,
    terms: { turnsPerTask: 500, approvalBySignal: true },
  };
  const startWorkflowOperation = new WithStartWorkflowOperation('jobWorkflow', {
    workflowId: jobWorkflowId(jobId),
    taskQueue: ENGINE_QUEUE,
    workflowTaskTimeout: '5s',
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [start],
  });
  await client.workflow.executeUpdateWithStart(submitUpdate, { startWorkflowOperation });
  const handle = client.workflow.getHandle(jobWorkflowId(jobId));
  return {
    jobId,
    async ended() {
      await handle.result();
      const view = await handle.query(jobQuery);
      if (view.state !== 'completed')
        throw new Error(
          `job ${jobId} ended as ${view.state}: ${JSON.stringify(view.tasks.map((task) => task.state))}`,
        );
    },
    taskRun: (taskId) => taskWorkflowId(jobId, taskId, 1),
  };
}

async function specOf(
  path: string,
  tasks: readonly BenchTask[],
  how: { maxParallel: number; autoApprove: boolean },
): Promise<Spec> {
  const { source } = await resolveSource({ path });
  const model = findModel('anthropic', 'claude-sonnet-5', MODELS);
  if (!model) throw new Error('claude-sonnet-5 has no price');
  return {
    ...how,
    title: 'A job of the bench',
    description: 'Measured.',
    constraints: [],
    acceptanceCriteria: [],
    checks: [],
    setup: [],
    network: 'none',
    plan: planOf(tasks),
    maxAttempts: 1,
    budget: 1_000_000_000,
    provider: 'scripted',
    model: model.id,
    plannerModel: model.id,
    models: [model],
    source,
    labels: {},
    warnings: [],
  };
}

const planOf = (tasks: readonly BenchTask[]): PlanDraft => ({
  summary: 'As given.',
  setup: null,
  network: null,
  checks: [],
  tasks: tasks.map(({ taskId, dependsOn = [], estimate = null }) => ({
    taskId,
    title: `task ${taskId}`,
    instructions: 'Do it.',
    dependsOn,
    files: [`${taskId}.txt`],
    checks: [],
    model: null,
    maxAttempts: null,
    estimate,
  })),
});
