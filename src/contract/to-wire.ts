import { availableOf, reservedOf, spentOf } from '../domain/ledger.ts';
import { usd } from '../domain/money.ts';
import { progressOf } from '../domain/job/summary.ts';
import { iso } from './iso.ts';
import { latestActivity, taskToWire } from './task-to-wire.ts';
import type { JobView } from '../domain/job/view.ts';
import type { JobStateName } from '../domain/job/state.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Plan } from '../domain/plan.ts';
import type { Source, Spec } from '../domain/spec.ts';
import type { LiveTotals } from './task-to-wire.ts';
import type { WireBudget, WireLinks } from './fields.ts';
import type { WireStatus } from './status.ts';

/** What a status needs besides the workflow's view. */
export interface StatusParts {
  /** What the refs of running attempts say, by task id. */
  readonly live: LiveTotals;
  /** Null until there is one. */
  readonly plan: Pick<Plan, 'criteria' | 'checks'> | null;
  /** Null until it has reached the hub. */
  readonly spec: Pick<Spec, 'acceptanceCriteria'> | null;
  readonly links: WireLinks;
}

export function statusToWire(view: JobView, parts: StatusParts): WireStatus {
  const { header } = view;
  return {
    job_id: view.jobId,
    title: header.title,
    state: wireState(view),
    waiting_on: view.waitingOn,
    next_action_at: iso(nextActionAt(view)),
    reason:
      view.stage.kind === 'stopping'
        ? view.stage.ending.reason
        : view.stage.kind === 'closed'
          ? view.stage.as.reason
          : null,
    provider: header.provider,
    model: header.model,
    labels: { ...header.labels },
    repository: repositoryToWire(header.source),
    base_sha: header.source.baseSha,
    sandbox: view.sandbox,
    plan_revision: view.plan?.revision ?? null,
    approval:
      view.approval === null
        ? null
        : {
            by: view.approval.by,
            at: iso(view.approval.at),
            plan_revision: view.approval.planRevision,
            note: view.approval.note,
          },
    activity: latestActivity(view, parts.live),
    progress: { ...progressOf(view.tasks) },
    tasks: view.tasks.map((task) => taskToWire(task, view, parts.live.get(task.outline.taskId))),
    workers: workersOf(view),
    budget: budgetToWire(view.ledger),
    criteria: criteriaOf(view, parts),
    questions: [],
    warnings: [...view.warnings],
    delivery: { ...view.delivery },
    links: parts.links,
    created_at: iso(view.createdAt),
    updated_at: iso(view.updatedAt),
    finished_at: iso(view.finishedAt),
  };
}

/** A job that is being deleted is shown as what it does: it is cancelled. */
export const wireState = (view: Pick<JobView, 'state'>): JobStateName =>
  view.state === 'deleted' ? 'cancelled' : view.state;

export const budgetToWire = (ledger: Ledger): WireBudget => ({
  limit_usd: usd(ledger.limit),
  spent_usd: usd(spentOf(ledger)),
  reserved_usd: usd(reservedOf(ledger)),
  remaining_usd: usd(availableOf(ledger)),
});

export const repositoryToWire = (source: Source): WireStatus['repository'] =>
  source.kind === 'url'
    ? { path: null, url: source.url, base: source.base }
    : { path: source.path, url: null, base: source.base };

/** The moment at which the job goes on, or ends, by itself. */
function nextActionAt(view: JobView): number | null {
  const waits = view.tasks.flatMap((task) =>
    task.state.kind === 'running' && task.state.wants?.kind === 'provider' ? [task.state.wants.until] : [],
  );
  if (view.waitingOn === 'provider') return waits.length > 0 ? Math.min(...waits) : null;
  return view.attentionUntil;
}

const workersOf = (view: JobView): WireStatus['workers'] =>
  view.tasks.flatMap(({ state, outline }) =>
    state.kind === 'running'
      ? [{ worker: state.assignment, task_id: outline.taskId, host: state.host, since: iso(state.since) }]
      : [],
  );

function criteriaOf(view: JobView, { plan, spec }: StatusParts): WireStatus['criteria'] {
  return view.criteria.map(({ criterionId, state, evidence }, index) => ({
    criterion_id: criterionId,
    text:
      plan?.criteria.find((one) => one.criterionId === criterionId)?.text ??
      spec?.acceptanceCriteria[index] ??
      '',
    check_ids: (plan?.checks ?? [])
      .filter((check) => check.criterionId === criterionId)
      .map((check) => check.checkId),
    state,
    evidence:
      evidence === null ? null : { commit: evidence.commit, exit_code: evidence.exitCode, log: evidence.log },
  }));
}
