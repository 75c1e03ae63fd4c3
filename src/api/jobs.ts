import { OrchestratorError } from '../domain/errors.ts';
import { isJobId } from '../domain/ids.ts';
import { viewOf } from '../domain/job/view.ts';
import { JOBS_HUB, openHub } from '../store/hub.ts';
import { getDocument } from '../store/documents.ts';
import { readArchived } from '../store/archive.ts';
import { liveTotals } from './live.ts';
import type { JobFiles } from '../domain/job/record.ts';
import type { Job } from '../domain/job/state.ts';
import type { JobView } from '../domain/job/view.ts';
import type { LiveTotals } from '../contract/task-to-wire.ts';
import type { Plan } from '../domain/plan.ts';
import type { Spec } from '../domain/spec.ts';
import type { Hub } from '../store/hub.ts';
import type { Gateway } from './gateway.ts';

/** All that the read routes know of a job: from its workflow while that is open, from the archive afterwards. */
export interface JobFacts {
  readonly view: JobView;
  readonly live: LiveTotals;
  readonly plan: Plan | null;
  readonly spec: Spec | null;
  readonly hub: Hub;
  /** The whole record of a closed job; null while it is open. */
  readonly closed: Job | null;
}

export interface Jobs {
  /** Throws `job_not_found`, also for a malformed id and a deleted job. */
  read(jobId: string): Promise<JobFacts>;
  /** As `read`, with null for a job that never was and `deleted` for one that was. */
  find(jobId: string): Promise<JobFacts | 'deleted' | null>;
}

export function createJobs(gateway: Gateway, hubsDir: string): Jobs {
  const document = documentReader();

  async function openFacts(view: JobView): Promise<JobFacts> {
    const hub = await openHub(hubsDir, view.header.source.hub);
    const [plan, spec, live] = await Promise.all([
      view.plan === null ? null : document(hub, view.plan.sha),
      view.specSha === null ? null : document(hub, view.specSha),
      liveTotals(hub, view),
    ]);
    return { view, live, plan: plan as Plan | null, spec: spec as Spec | null, hub, closed: null };
  }

  async function closedFacts(jobId: string): Promise<JobFacts | 'deleted' | null> {
    const archived = await readArchived(await openHub(hubsDir, JOBS_HUB), jobId);
    if (archived === null) return null;
    if (archived.deleted) return 'deleted';
    const [job, spec, plan] = await Promise.all(['job', 'spec', 'plan'].map((name) => archived.read(name)));
    const files = { job, spec: spec ?? null, plan: plan ?? null } as JobFiles;
    const hub = await openHub(hubsDir, files.job.header.source.hub);
    return { ...files, view: viewOf(files.job), live: new Map(), hub, closed: files.job };
  }

  async function find(jobId: string): Promise<JobFacts | 'deleted' | null> {
    if (!isJobId(jobId)) return null;
    const view = await gateway.view(jobId);
    if (view === null) return closedFacts(jobId);
    return view.state === 'deleted' ? 'deleted' : openFacts(view);
  }

  return {
    find,
    async read(jobId) {
      const facts = await find(jobId);
      if (facts === null || facts === 'deleted') throw jobNotFound(jobId);
      return facts;
    },
  };
}

export const jobNotFound = (jobId: string): OrchestratorError =>
  new OrchestratorError('job_not_found', `There is no job "${jobId.slice(0, 40)}".`);

const DOCUMENTS_KEPT = 200;

/** Documents never change, so that those read last are kept. */
function documentReader(): (hub: Hub, sha: string) => Promise<unknown> {
  const known = new Map<string, Promise<unknown>>();
  return (hub, sha) => {
    const found = known.get(sha) ?? getDocument(hub, sha);
    known.delete(sha);
    known.set(sha, found);
    found.catch(() => known.delete(sha));
    if (known.size > DOCUMENTS_KEPT) known.delete(known.keys().next().value ?? '');
    return found;
  };
}
