import { microUsd } from '../../domain/money.ts';
import { OrchestratorError } from '../../domain/errors.ts';
import { checkPlan } from '../../domain/plan-check.ts';
import { outlineProblems, parseOutline, shellBlocks } from '../../domain/outline.ts';
import { planFromWire } from '../../contract/plan-to-wire.ts';
import type { FieldError } from '../../domain/errors.ts';
import type { PlanDraft } from '../../domain/plan.ts';
import type { SubmitBody } from '../../contract/submit.ts';
import type { ChosenModels } from './models.ts';

/** What an estimate stands for when only the shape of a plan is judged. */
const NO_ESTIMATE = microUsd(0);

/** The plan that a body gives, judged as a model's would be; null without one. Errors: plan_invalid with pointers. */
export function givenPlanOf(
  body: SubmitBody,
  { models, provider }: ChosenModels,
  baseSha: string,
): PlanDraft | null {
  if (body.plan === undefined) {
    if (provider === 'outline') refuseIf(outlineProblems(parseOutline(body.description)), '');
    return null;
  }
  const draft = planFromWire(body.plan);
  const checked = checkPlan(draft, {
    revision: 1,
    source: 'given',
    baseSha,
    criteria: body.acceptance_criteria,
    specChecks: body.checks,
    setup: body.setup ?? [],
    network: body.network ?? null,
    models: models.map((model) => model.id),
    estimateOf: () => NO_ESTIMATE,
  });
  if ('errors' in checked) refuseIf(checked.errors, '/plan');
  if (provider === 'outline') refuseIf(withoutShell(draft), '/plan');
  return draft;
}

/** Without a model a task is its shell blocks. */
const withoutShell = (draft: PlanDraft): FieldError[] =>
  draft.tasks.flatMap((task, index) =>
    shellBlocks(task.instructions).length > 0
      ? []
      : [
          {
            pointer: `/tasks/${index}/instructions`,
            detail: `task "${task.title}" has no shell block (\`\`\`sh), and without a model nothing else can be done`,
          },
        ],
  );

function refuseIf(found: readonly FieldError[], below: string): void {
  if (found.length === 0) return;
  const errors = found.map(({ pointer, detail }) => ({ pointer: below + pointer, detail }));
  const detail = errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ');
  throw new OrchestratorError('plan_invalid', `The plan cannot be carried out: ${detail.slice(0, 2_000)}.`, {
    errors,
  });
}
