import { z } from 'zod';
import {
  budget,
  instant,
  jobId,
  jobState,
  links,
  progress,
  sha,
  taskState,
  usage,
  usdAmount,
} from './fields.ts';
import { repository } from './submit.ts';

const JOB_WAITS = ['approval', 'budget', 'provider', 'answer', 'environment', 'person'] as const;
const TASK_WAITS = [
  'approval',
  'dependencies',
  'assignment',
  'budget',
  'provider',
  'answer',
  'integration',
] as const;

const activity = z
  .object({ text: z.string(), turn: z.int(), cost_usd: usdAmount, at: instant })
  .meta({ id: 'Activity', description: 'What an agent is doing, in one line' });

const taskStatus = z
  .object({
    task_id: z.string(),
    title: z.string(),
    state: taskState,
    waiting_on: z.enum(TASK_WAITS).nullable(),
    next_action_at: instant.nullable(),
    worker: z.string().nullable(),
    attempt: z.int(),
    depends_on: z.array(z.string()),
    activity: activity.nullable(),
    cost_usd: usdAmount,
    usage,
    turns: z.int(),
    error: z.object({ code: z.string(), class: z.string(), detail: z.string() }).nullable(),
    base_sha: sha.nullable(),
    head_sha: sha.nullable(),
    started_at: instant.nullable(),
    finished_at: instant.nullable(),
  })
  .meta({ id: 'TaskStatus' });

const criterion = z
  .object({
    criterion_id: z.string(),
    text: z.string(),
    check_ids: z.array(z.string()),
    state: z.enum(['open', 'met', 'failed', 'unverifiable', 'waived']),
    evidence: z.object({ commit: sha, exit_code: z.int().nullable(), log: sha }).nullable(),
  })
  .meta({ id: 'Criterion' });

export const status = z
  .object({
    job_id: jobId,
    title: z.string(),
    state: jobState,
    waiting_on: z.enum(JOB_WAITS).nullable(),
    next_action_at: instant.nullable(),
    reason: z
      .string()
      .nullable()
      .meta({ description: 'Why the job ended as it did, where that needs saying' }),
    provider: z.string(),
    model: z.string(),
    labels: z.record(z.string(), z.string()),
    repository,
    base_sha: sha,
    sandbox: z.string().nullable(),
    plan_revision: z.int().nullable(),
    approval: z
      .object({ by: z.string(), at: instant, plan_revision: z.int(), note: z.string().nullable() })
      .nullable(),
    activity: activity.nullable(),
    progress,
    tasks: z.array(taskStatus),
    workers: z.array(
      z.object({ worker: z.string(), task_id: z.string(), host: z.string().nullable(), since: instant }),
    ),
    budget,
    criteria: z.array(criterion),
    questions: z.array(z.object({ question_id: z.string() })),
    warnings: z.array(z.string()),
    delivery: z.object({
      branch: z.string(),
      state: z.enum(['none', 'delivered', 'held', 'kept']),
      reason: z.string().nullable(),
    }),
    links,
    created_at: instant,
    updated_at: instant,
    finished_at: instant.nullable(),
  })
  .meta({ id: 'Status' });

export type WireStatus = z.infer<typeof status>;
export type WireTaskStatus = WireStatus['tasks'][number];
export type WireActivity = z.infer<typeof activity>;
