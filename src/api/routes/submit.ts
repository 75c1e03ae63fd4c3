import { OrchestratorError } from '../../domain/errors.ts';
import { budgetAnswer } from '../../domain/job/commands.ts';
import { openJob } from '../../domain/job/open.ts';
import { placeOf } from '../../domain/job/record.ts';
import { progressOf } from '../../domain/job/summary.ts';
import { budgetToWire, repositoryToWire, wireState } from '../../contract/to-wire.ts';
import { json } from '../ask.ts';
import { authorize } from '../auth.ts';
import { newJobId, requestHash } from '../identity.ts';
import { linksOf, planOf } from '../show.ts';
import { submissionOf } from '../submission/submission.ts';
import { watchUntil } from '../watch.ts';
import type { Submitted } from '../../contract/submit.ts';
import type { JobMemo } from '../../workflows/messages.ts';
import type { Ask, Handler, Reply } from '../ask.ts';
import type { Desk } from '../desk.ts';
import type { Submission } from '../gateway.ts';
import type { JobFacts } from '../jobs.ts';

/** How long a submit waits for the plan, in milliseconds. */
const PATIENCE_MS = 55_000;

/** Takes a spec in: validates everything first, so that a refusal has started nothing. */
export function submitRoute(desk: Desk): { readonly submit: Handler<'submit'> } {
  return {
    async submit(ask) {
      const arrived = Date.now();
      const { caller } = ask.grant;
      if (ask.body.auto_approve) authorize(caller, 'decide');
      const jobId = newJobId(caller, ask.key);
      const hash = requestHash(ask.req.body);
      const known = ask.key === null ? null : await desk.jobs.find(jobId);
      if (known === 'deleted') throw jobDeleted(jobId);
      if (known === null)
        await begin(desk, await submission(desk, ask, { jobId, caller, requestHash: hash }));
      const facts = known ?? (await desk.jobs.read(jobId));
      checkSameRequest(facts, hash);
      desk.recent.add(jobId);
      const left = ask.req.get('prefer')?.includes('respond-async') ? 0 : arrived + PATIENCE_MS - Date.now();
      return answer(desk, await untilPlanned(desk, facts, left, ask.signal));
    },
  };
}

async function submission(
  desk: Desk,
  ask: Ask<'submit'>,
  identity: Parameters<typeof submissionOf>[1],
): Promise<Submission> {
  const sandbox = await desk.sandbox();
  if (sandbox !== null)
    throw new OrchestratorError('sandbox_unavailable', sandbox.reason, { retryAfterSeconds: 60 });
  return submissionOf(ask.body, identity, desk.settings);
}

/** A start that finds its id taken by a closed job is answered from the archive, like any repetition. */
async function begin(desk: Desk, job: Submission): Promise<void> {
  const started = await desk.gateway.start(job, memoOf(job));
  if (started === 'exists' && (await desk.jobs.find(job.jobId)) === 'deleted') throw jobDeleted(job.jobId);
}

async function untilPlanned(desk: Desk, first: JobFacts, ms: number, signal: AbortSignal): Promise<JobFacts> {
  const decided = ({ view, closed }: JobFacts): boolean => closed !== null || view.state !== 'planning';
  if (decided(first) || ms <= 0) return first;
  const { jobId } = first.view;
  const since = Date.now();
  const planned = await desk.gateway.planned(jobId, ms);
  const facts = await desk.jobs.read(jobId);
  if (!planned) return facts;
  return watchUntil(desk.watch, facts, decided, { ms: since + ms - Date.now(), signal });
}

function answer(desk: Desk, facts: JobFacts): Reply {
  const { view } = facts;
  const { header } = view;
  const plan = planOf(facts);
  const links = linksOf(view.jobId, desk.settings.temporalUi);
  const body: Submitted = {
    job_id: view.jobId,
    state: wireState(view),
    ...(plan !== null && { plan }),
    budget: budgetToWire(view.ledger),
    warnings: [...view.warnings],
    title: header.title,
    provider: header.provider,
    model: header.model,
    planner_model: header.plannerModel,
    max_workers: header.maxParallel,
    max_attempts: header.maxAttempts,
    repository: repositoryToWire(header.source),
    base_sha: header.source.baseSha,
    auto_approve: header.autoApprove,
    labels: { ...header.labels },
    links,
  };
  if (view.stage.kind !== 'planning') return json(201, body, { Location: links.status });
  return json(202, body, { Location: links.status, 'Retry-After': '5' });
}

/** What the list shows until the workflow publishes for the first time. */
function memoOf(submitted: Submission): JobMemo {
  const { title, source, labels } = submitted.spec;
  const job = openJob(submitted);
  return {
    title,
    repository: placeOf(source),
    labels,
    progress: progressOf(job.tasks),
    budget: budgetAnswer(job),
  };
}

function checkSameRequest({ view }: JobFacts, hash: string): void {
  const before = view.header.requestHash;
  if (before === undefined || before === hash) return;
  throw new OrchestratorError(
    'idempotency_mismatch',
    `The Idempotency-Key was used for another request, which became job ${view.jobId}. A new request needs a new key.`,
    { jobId: view.jobId },
  );
}

const jobDeleted = (jobId: string): OrchestratorError =>
  new OrchestratorError(
    'job_deleted',
    `The Idempotency-Key belongs to job ${jobId}, which was deleted. A new request needs a new key.`,
    { state: 'deleted', allowed: [], jobId },
  );
