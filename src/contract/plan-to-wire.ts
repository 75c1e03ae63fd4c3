import { usd } from '../domain/money.ts';
import type { Check, DraftCheck, DraftTask, Plan, PlanDraft } from '../domain/plan.ts';
import { microUsd } from '../domain/money.ts';
import type { GivenPlan, WirePlan } from './plan.ts';

/** What a task without its own model or allowance gets. */
export interface TaskDefaults {
  readonly model: string;
  readonly maxAttempts: number;
}

export const planToWire = (plan: Plan, defaults: TaskDefaults): WirePlan => ({
  revision: plan.revision,
  source: plan.source,
  summary: plan.summary,
  base_sha: plan.baseSha,
  tasks: plan.tasks.map((task) => ({
    task_id: task.taskId,
    title: task.title,
    instructions: task.instructions,
    depends_on: [...task.dependsOn],
    files: [...task.files],
    checks: [...task.checks],
    model: task.model ?? defaults.model,
    max_attempts: task.maxAttempts ?? defaults.maxAttempts,
    estimate_usd: task.estimate === null ? null : usd(task.estimate),
  })),
  checks: plan.checks.map(checkToWire),
  setup: [...plan.setup],
  network: plan.network,
  estimate_usd: { low: usd(plan.estimate.low), high: usd(plan.estimate.high) },
  warnings: [...plan.warnings],
});

/** A plan given in a body, as its author means it; `checkPlan` judges it. */
export const planFromWire = (given: GivenPlan): PlanDraft => ({
  summary: given.summary,
  tasks: given.tasks.map((task): DraftTask => ({
    taskId: task.task_id ?? null,
    title: task.title,
    instructions: task.instructions ?? task.title,
    dependsOn: task.depends_on,
    files: task.files,
    checks: task.checks,
    model: task.model,
    maxAttempts: task.max_attempts,
    estimate: task.estimate_usd === null ? null : microUsd(task.estimate_usd),
  })),
  checks: given.checks.map((check): DraftCheck => ({
    checkId: check.check_id,
    criterionId: check.criterion_id,
    kind: check.kind,
    command: check.command,
    expectExit: check.expect_exit,
    timeoutSeconds: check.timeout_s,
  })),
  setup: given.setup,
  network: given.network,
});

const checkToWire = (check: Check): WirePlan['checks'][number] => ({
  check_id: check.checkId,
  criterion_id: check.criterionId,
  kind: check.kind,
  command: check.command,
  expect_exit: check.expectExit,
  timeout_s: check.timeoutSeconds,
  origin: check.origin,
});
