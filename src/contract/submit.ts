import { z } from 'zod';
import { PROVIDER_IDS } from '../domain/providers.ts';
import { budget, jobId, jobState, links, network, sha } from './fields.ts';
import { givenPlan, plan } from './plan.ts';

const line = z.string().trim().min(1).max(2_000);
const command = z.string().trim().min(1).max(10_000);
const base = z.string().min(1).max(250);

const repositoryObject = z
  .strictObject({
    path: z.string().min(1).max(4_096).optional().meta({ description: 'Absolute path on the server' }),
    url: z.string().min(1).max(4_096).optional(),
    base: base.optional().meta({ description: 'Commit, branch or tag (Default: what is checked out)' }),
  })
  .refine((given) => (given.path === undefined) !== (given.url === undefined), {
    error: 'needs exactly one of path and url',
  });

/** The largest budget that a job can have, in US dollars. */
export const MAX_BUDGET_USD = 1_000_000;

export const submitBody = z
  .strictObject({
    title: z.string().trim().min(1).max(200),
    description: z.string().trim().min(1).max(200_000),
    constraints: z.array(line).max(100).default([]),
    acceptance_criteria: z.array(line).max(100).default([]),
    max_workers: z
      .int()
      .min(1)
      .max(64)
      .optional()
      .meta({ description: 'Tasks at the same time (Default: 3)' }),
    max_attempts: z.int().min(1).max(10).optional().meta({ description: '(Default: 1)' }),
    budget_usd: z.number().positive().max(MAX_BUDGET_USD).optional().meta({ description: '(Default: 5.00)' }),
    provider: z.enum(PROVIDER_IDS).optional().meta({ description: '(Default: the first configured one)' }),
    model: z.string().min(1).max(200).optional(),
    repository: z
      .union([z.string().min(1).max(4_096), repositoryObject])
      .optional()
      .meta({
        description:
          "A path or url, or {path | url, base} (Default: the server's repository, else a new one)",
      }),
    plan: givenPlan.optional().meta({ description: 'Carry out this plan instead of asking a model for one' }),
    checks: z
      .array(command)
      .max(100)
      .default([])
      .meta({ description: 'Commands that must succeed in the end' }),
    setup: z.array(command).max(50).optional().meta({ description: '(Default: what a lockfile suggests)' }),
    network: network.optional(),
    auto_approve: z
      .boolean()
      .default(false)
      .meta({ description: 'Approve the plan unseen; needs the role reviewer' }),
    labels: z.record(z.string().min(1).max(63), z.string().max(200)).default({}),
  })
  .refine((body) => Object.keys(body.labels).length <= 32, { path: ['labels'], error: 'at most 32 labels' })
  .meta({
    id: 'SubmitBody',
    example: {
      title: 'Add user authentication',
      description: 'Implement JWT-based auth with login/register endpoints',
      constraints: ['Use existing User model', 'Add pytest tests'],
      acceptance_criteria: ['All tests pass', 'Endpoints return proper status codes'],
      max_workers: 3,
      budget_usd: 5.0,
      provider: 'anthropic',
    },
  });

export const repository = z
  .object({ path: z.string().nullable(), url: z.string().nullable(), base: z.string() })
  .meta({ id: 'Repository' });

/** The job that was submitted, with every default that was taken; `plan` is absent until there is one. */
export const submitted = z
  .object({
    job_id: jobId,
    state: jobState,
    plan: plan.optional(),
    budget,
    warnings: z.array(z.string()),
    title: z.string(),
    provider: z.string(),
    model: z.string(),
    planner_model: z.string(),
    max_workers: z.int(),
    max_attempts: z.int(),
    repository,
    base_sha: sha,
    auto_approve: z.boolean(),
    labels: z.record(z.string(), z.string()),
    links,
  })
  .meta({ id: 'Submitted' });

export type SubmitBody = z.output<typeof submitBody>;
export type SubmitInput = z.input<typeof submitBody>;
export type Submitted = z.infer<typeof submitted>;
