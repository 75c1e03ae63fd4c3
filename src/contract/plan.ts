import { z } from 'zod';
import { MAX_TASKS } from '../domain/plan.ts';
import { network, sha, usdAmount } from './fields.ts';

const SOURCES = ['model', 'outline', 'given'] as const;
const command = z.string().trim().min(1).max(10_000);
const range = z.object({ low: usdAmount, high: usdAmount });

const check = z
  .object({
    check_id: z.string(),
    criterion_id: z.string().nullable(),
    kind: z.enum(['command', 'review']),
    command: z.string().meta({ description: 'A shell command, or for a review what to look at' }),
    expect_exit: z.int(),
    timeout_s: z.number(),
    origin: z.enum(['plan', 'spec']),
  })
  .meta({ id: 'Check' });

const task = z
  .object({
    task_id: z.string(),
    title: z.string(),
    instructions: z.string(),
    depends_on: z.array(z.string()),
    files: z.array(z.string()).meta({ description: 'Globs of the files that the task may change' }),
    checks: z.array(z.string()).meta({ description: 'Ids of checks' }),
    model: z.string(),
    max_attempts: z.int(),
    estimate_usd: usdAmount.nullable(),
  })
  .meta({ id: 'Task' });

export const plan = z
  .object({
    revision: z.int(),
    source: z.enum(SOURCES),
    summary: z.string(),
    base_sha: sha,
    tasks: z.array(task),
    checks: z.array(check),
    setup: z.array(z.string()).meta({ description: 'Commands that prepare a checkout; they need network' }),
    network,
    estimate_usd: range,
    warnings: z.array(z.string()),
  })
  .meta({ id: 'Plan' });

const givenCheck = z.strictObject({
  check_id: z.string().min(1).max(100),
  criterion_id: z.string().max(100).nullable().default(null),
  kind: z.enum(['command', 'review']).default('command'),
  command,
  expect_exit: z.int().min(0).max(255).default(0),
  timeout_s: z.number().positive().max(86_400).default(600),
  origin: z.enum(['plan', 'spec']).optional(),
});

const givenTask = z.strictObject({
  task_id: z.string().min(1).max(100).optional().meta({ description: '(Default: t1, t2 … in order)' }),
  title: z.string().trim().min(1).max(200),
  instructions: z.string().max(100_000).optional().meta({ description: '(Default: the title)' }),
  depends_on: z.array(z.string().max(100)).max(MAX_TASKS).default([]),
  files: z.array(z.string().min(1).max(1_000)).max(1_000).default([]),
  checks: z.array(z.string().max(100)).max(1_000).default([]),
  model: z.string().min(1).max(200).nullable().default(null),
  max_attempts: z.int().min(1).max(10).nullable().default(null),
  estimate_usd: z.number().min(0).max(1_000_000).nullable().default(null),
});

/** A plan in the body of a submit: the shape of `plan` without what only Tutti can say. */
export const givenPlan = z
  .strictObject({
    source: z.enum(SOURCES).optional().meta({ description: 'Ignored: a given plan is "given"' }),
    summary: z.string().max(10_000).default(''),
    tasks: z.array(givenTask).min(1).max(MAX_TASKS),
    checks: z.array(givenCheck).max(2_000).default([]),
    setup: z.array(command).max(50).nullable().default(null),
    network: network.nullable().default(null),
    warnings: z.array(z.string()).optional().meta({ description: 'Ignored' }),
  })
  .meta({ id: 'GivenPlan' });

export type WirePlan = z.infer<typeof plan>;
export type WireTask = z.infer<typeof task>;
export type GivenPlan = z.output<typeof givenPlan>;
