import { costOf } from './prices.ts';
import type { Sha } from './ids.ts';
import type { MicroUsd } from './money.ts';
import type { Plan } from './plan.ts';
import type { ModelPrice } from './prices.ts';
import type { PlanOutline } from './job/state.ts';

/** What a job's decisions need of a plan whose text is the document `sha`. `bytesOf` measures a text in UTF-8. */
export function outlineOf(
  plan: Plan,
  sha: Sha,
  setupKey: string | null,
  bytesOf: (text: string) => number,
): PlanOutline {
  return {
    revision: plan.revision,
    sha,
    source: plan.source,
    network: plan.network,
    setupKey,
    tasks: plan.tasks.map(
      ({ taskId, title, dependsOn, files, model, maxAttempts, estimate, instructions }) => ({
        taskId,
        title,
        dependsOn,
        files,
        model,
        maxAttempts,
        estimate,
        bytes: bytesOf(instructions),
      }),
    ),
    criteria: plan.criteria.map((criterion) => criterion.criterionId),
    warnings: plan.warnings,
  };
}

/** What a task of ordinary size costs: some twenty turns whose prompt is mostly cached. */
export const usualCost = (price: ModelPrice): MicroUsd =>
  costOf({ input: 20_000, cacheRead: 300_000, cacheWrite: 20_000, output: 10_000 }, price);
