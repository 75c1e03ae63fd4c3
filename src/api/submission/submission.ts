import { microUsd, usd } from '../../domain/money.ts';
import { planningFloor } from '../../domain/job/money.ts';
import { FREE } from '../../domain/prices.ts';
import { OrchestratorError } from '../../domain/errors.ts';
import { chooseModels } from './models.ts';
import { givenPlanOf } from './plan.ts';
import { chooseSource, warningsOf } from './source.ts';
import type { Caller } from '../../domain/access.ts';
import type { JobId } from '../../domain/ids.ts';
import type { SubmitBody } from '../../contract/submit.ts';
import type { Spec } from '../../domain/spec.ts';
import type { Settings } from '../deps.ts';
import type { Submission } from '../gateway.ts';

/** Whose job it is, and by which id and request it is known. */
export interface Identity {
  readonly jobId: JobId;
  readonly caller: Caller;
  readonly requestHash: string;
}

/** A valid body with every default taken and the source pinned: what a job begins with. Nothing is started yet. */
export async function submissionOf(
  body: SubmitBody,
  identity: Identity,
  settings: Settings,
): Promise<Submission> {
  const { jobId, caller, requestHash } = identity;
  const chosen = chooseModels(body, settings);
  const specBytes = bytesOf(body);
  const budget = microUsd(body.budget_usd ?? settings.defaults.budgetUsd);
  if (body.plan === undefined) {
    const price = chosen.models.find((model) => model.id === chosen.plannerModel)?.price ?? FREE;
    checkBudget(budget, planningFloor(specBytes, price), chosen.plannerModel);
  }
  const resolved = await chooseSource(body.repository, jobId, settings);
  const spec: Spec = {
    title: body.title,
    description: body.description,
    constraints: body.constraints,
    acceptanceCriteria: body.acceptance_criteria,
    checks: body.checks,
    setup: body.setup ?? null,
    network: body.network ?? null,
    plan: givenPlanOf(body, chosen, resolved.source.baseSha),
    maxParallel: body.max_workers ?? settings.defaults.maxWorkers,
    maxAttempts: body.max_attempts ?? settings.defaults.maxAttempts,
    budget,
    ...chosen,
    source: resolved.source,
    autoApprove: body.auto_approve,
    labels: body.labels,
    warnings: warningsOf(resolved),
  };
  return {
    kind: 'submitted',
    jobId,
    owner: caller.subject,
    createdAt: Date.now(),
    spec,
    specBytes,
    terms: { turnsPerTask: settings.turnsPerTask, approvalBySignal: settings.approvalBySignal, requestHash },
  };
}

/** UTF-8 bytes of the texts that every agent of the job reads, a little more for the marks around them. */
const bytesOf = ({
  title,
  description,
  constraints,
  acceptance_criteria,
  checks,
  setup,
}: SubmitBody): number =>
  Buffer.byteLength(JSON.stringify([title, description, constraints, acceptance_criteria, checks, setup]));

function checkBudget(budget: number, floor: number, model: string): void {
  if (budget >= floor) return;
  const detail = `$${usd(budget)} does not pay for one planning call: at worst it costs $${usd(floor)} with ${model}`;
  throw new OrchestratorError(
    'budget_too_small',
    `${detail}. Raise budget_usd, name a cheaper model, or give a plan.`,
    {
      errors: [{ pointer: '/budget_usd', detail }],
    },
  );
}
