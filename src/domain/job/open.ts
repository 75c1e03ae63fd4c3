import { openLedger } from '../ledger.ts';
import { PLANNER } from '../ids.ts';
import type { Instant, JobId } from '../ids.ts';
import type { Spec } from '../spec.ts';
import type { Job, JobHeader, TaskOutline, TaskRecord } from './state.ts';

/** What the server fixes for a job besides its spec. */
export interface JobTerms {
  readonly turnsPerTask: number;
  readonly approvalBySignal: boolean;
  /** SHA-256 of the submit's body: the same Idempotency-Key with another body is refused by it. */
  readonly requestHash?: string;
}

/** A new job in `planning`, before anything has run. `specBytes` is the size of the spec's texts in UTF-8. */
export function openJob(start: {
  jobId: JobId;
  owner: string;
  createdAt: Instant;
  spec: Spec;
  specBytes: number;
  terms: JobTerms;
}): Job {
  const { jobId, owner, createdAt, spec } = start;
  return {
    schema: 1,
    jobId,
    owner,
    createdAt,
    updatedAt: createdAt,
    finishedAt: null,
    header: headerOf(spec, start.specBytes, start.terms),
    specSha: null,
    stage: { kind: 'planning' },
    plan: null,
    planner: newTask({ ...PLANNER_OUTLINE, model: spec.plannerModel }),
    tasks: [],
    approval: null,
    ledger: openLedger(spec.budget),
    integration: { head: null, holder: null },
    criteria: spec.acceptanceCriteria.map((_, index) => ({
      criterionId: `c${index + 1}`,
      state: 'open',
      evidence: null,
    })),
    delivery: { branch: `tutti/${jobId}`, state: 'none', reason: null },
    sandbox: null,
    attentionUntil: null,
    warnings: [...spec.warnings],
    events: { next: 1, recent: [] },
    commands: [],
  };
}

export const newTask = (outline: TaskOutline): TaskRecord => ({
  outline,
  state: { kind: 'pending' },
  attempts: [],
  ordered: null,
});

const PLANNER_OUTLINE: TaskOutline = {
  taskId: PLANNER,
  title: 'Plan',
  dependsOn: [],
  files: [],
  model: null,
  maxAttempts: 1,
  estimate: null,
  bytes: 0,
};

function headerOf(spec: Spec, specBytes: number, terms: JobTerms): JobHeader {
  return {
    title: spec.title,
    labels: spec.labels,
    provider: spec.provider,
    model: spec.model,
    plannerModel: spec.plannerModel,
    models: spec.models,
    maxParallel: spec.maxParallel,
    maxAttempts: spec.maxAttempts,
    source: spec.source,
    autoApprove: spec.autoApprove,
    specBytes,
    ...terms,
  };
}
