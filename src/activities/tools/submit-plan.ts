import { z } from 'zod';
import { microUsd } from '../../domain/money.ts';
import type { PlanDraft } from '../../domain/plan.ts';

const Task = z.object({
  task_id: z.string().min(1).max(40).optional().describe('t1, t2 … in order when left out'),
  title: z.string().min(1).max(200),
  instructions: z.string().min(1),
  depends_on: z.array(z.string()).optional().describe('ids of tasks whose code this one must see'),
  files: z.array(z.string()).optional().describe('globs of the files that it may change, such as src/api/**'),
  checks: z.array(z.string()).optional().describe('ids of checks that must pass when it is done'),
  model: z.string().nullish().describe("only to use another model than the job's"),
  max_attempts: z.int().min(1).max(10).nullish(),
  estimate_usd: z.number().min(0).max(10_000).nullish(),
});

const Check = z.object({
  check_id: z.string().min(1).max(80),
  criterion_id: z.string().nullish().describe('the acceptance criterion that it proves: c1, c2 …'),
  kind: z.enum(['command', 'review']).optional().describe('command unless no command can tell'),
  command: z.string().min(1).describe('a shell command; for a review, what to look at'),
  expect_exit: z.int().min(0).max(255).nullish(),
  timeout_s: z.int().min(1).max(3600).nullish(),
});

export const SubmitPlan = z.object({
  summary: z.string().describe('what will be done, in a few sentences for the person who approves it'),
  tasks: z.array(Task),
  checks: z.array(Check).optional(),
  setup: z.array(z.string()).nullish(),
  network: z.enum(['none', 'all']).nullish(),
});

/** Some models send a list as a string of JSON: the list, where it is one. */
export function unquoteLists(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  return Object.fromEntries(
    Object.entries(input).map(([key, value]: [string, unknown]) => {
      if (typeof value !== 'string' || !value.trimStart().startsWith('[')) return [key, value];
      try {
        return [key, JSON.parse(value) as unknown];
      } catch {
        return [key, value];
      }
    }),
  );
}

export function draftOf(plan: z.infer<typeof SubmitPlan>): PlanDraft {
  return {
    summary: plan.summary,
    tasks: plan.tasks.map((task) => ({
      taskId: task.task_id ?? null,
      title: task.title,
      instructions: task.instructions,
      dependsOn: task.depends_on ?? [],
      files: task.files ?? [],
      checks: task.checks ?? [],
      model: task.model ?? null,
      maxAttempts: task.max_attempts ?? null,
      estimate:
        task.estimate_usd === null || task.estimate_usd === undefined ? null : microUsd(task.estimate_usd),
    })),
    checks: (plan.checks ?? []).map((check) => ({
      checkId: check.check_id,
      criterionId: check.criterion_id ?? null,
      kind: check.kind ?? 'command',
      command: check.command,
      expectExit: check.expect_exit ?? null,
      timeoutSeconds: check.timeout_s ?? null,
    })),
    setup: plan.setup ?? null,
    network: plan.network ?? null,
  };
}
