import { checkPlan } from '../../domain/plan-check.ts';
import { OrchestratorError } from '../../domain/errors.ts';
import { fetchBase } from '../../store/source.ts';
import { jobRefs } from '../../store/attempt-refs.ts';
import { openHub } from '../../store/hub.ts';
import { putDocument } from '../../store/documents.ts';
import { frameOf, keepPlan } from './accept-plan.ts';
import type { JobId } from '../../domain/ids.ts';
import type { OpenedJob } from '../steps.ts';
import type { Spec } from '../../domain/spec.ts';
import type { WorkspaceDeps } from '../deps.ts';

/** Brings the source's base commit and the spec into the hub, and the plan where the submitter gave one. Idempotent. */
export async function openJob(
  deps: WorkspaceDeps,
  { jobId, spec }: { jobId: JobId; spec: Spec },
  signal: AbortSignal,
): Promise<OpenedJob> {
  const hub = await openHub(deps.hubsDir, spec.source.hub);
  await fetchBase(hub, spec.source, jobId, signal);
  const specSha = await putDocument(hub, jobRefs(jobId).spec, 'spec', spec);
  const sandbox = 'driver' in deps.sandbox ? deps.sandbox.driver : 'none';
  if (spec.plan === null) return { specSha, plan: null, sandbox };
  const checked = checkPlan(spec.plan, await frameOf(hub, spec, 'given', 1));
  if ('plan' in checked) return { specSha, sandbox, plan: await keepPlan(hub, jobId, checked.plan) };
  const detail = checked.errors.map((error) => `${error.pointer}: ${error.detail}`).join('; ');
  throw new OrchestratorError('plan_invalid', detail);
}
