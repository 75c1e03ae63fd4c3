import { checkPlan } from '../../domain/plan-check.ts';
import { outlineOf, usualCost } from '../../domain/plan-outline.ts';
import { suggestedSetup } from '../../domain/setup.ts';
import { FREE } from '../../domain/prices.ts';
import { bytesOf } from '../bytes.ts';
import { setupKeyOf } from '../workspace/setup-cache.ts';
import { getDocument, putDocument } from '../../store/documents.ts';
import { jobRefs } from '../../store/attempt-refs.ts';
import { readCommit, readTree } from '../../store/objects.ts';
import type { Hub } from '../../store/hub.ts';
import type { JobId } from '../../domain/ids.ts';
import type { Plan, PlanDraft } from '../../domain/plan.ts';
import type { PlanFrame } from '../../domain/plan-check.ts';
import type { Spec } from '../../domain/spec.ts';
import type { Submitted } from '../../domain/conversation.ts';
import type { ToolStep } from '../steps.ts';

/** Checks a planner's draft and keeps it as the job's plan, or says everything that is wrong with it. */
export async function acceptPlan(
  hub: Hub,
  step: ToolStep,
  draft: PlanDraft,
): Promise<Extract<Submitted, { kind: 'plan' | 'plan_refused' }>> {
  const spec = (await getDocument(hub, step.specSha)) as Spec;
  const source = spec.provider === 'outline' ? 'outline' : 'model';
  const checked = checkPlan(
    { ...draft, setup: spec.setup === null ? draft.setup : null },
    await frameOf(hub, spec, source, step.place.attempt),
  );
  if ('plan' in checked) return { kind: 'plan', plan: await keepPlan(hub, step.place.jobId, checked.plan) };
  const shown = checked.errors.slice(0, MOST_ERRORS).map(({ pointer, detail }) => `- ${pointer}: ${detail}`);
  return { kind: 'plan_refused', detail: shown.join('\n') };
}

/** Errors of a plan that its planner is told at a time. */
const MOST_ERRORS = 50;

/** Writes a checked plan into the hub; the job keeps its outline. */
export async function keepPlan(hub: Hub, jobId: JobId, plan: Plan) {
  const sha = await putDocument(hub, jobRefs(jobId).spec, `plan-${plan.revision}`, plan);
  return outlineOf(plan, sha, setupKeyOf(plan.baseSha, plan.setup), bytesOf);
}

/** What a draft of this spec is checked against. */
export async function frameOf(
  hub: Hub,
  spec: Spec,
  source: Plan['source'],
  revision: number,
): Promise<PlanFrame> {
  const price = spec.models.find((model) => model.id === spec.model)?.price ?? FREE;
  return {
    revision,
    source,
    baseSha: spec.source.baseSha,
    criteria: spec.acceptanceCriteria,
    specChecks: spec.checks,
    setup: spec.setup ?? suggestedSetup(await rootFiles(hub, spec.source.baseSha)),
    network: spec.network,
    models: spec.models.map((model) => model.id),
    estimateOf: () => usualCost(price),
  };
}

async function rootFiles(hub: Hub, commit: string): Promise<string[]> {
  const { tree } = await readCommit(hub, commit);
  return (await readTree(hub, tree)).map((item) => item.name);
}
