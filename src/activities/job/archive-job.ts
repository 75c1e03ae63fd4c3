import { archiveJob as archive, entombJob } from '../../store/archive.ts';
import { JOBS_HUB, openHub, packWhenLoose } from '../../store/hub.ts';
import { getDocument } from '../../store/documents.ts';
import { hubOf } from '../../domain/job/state.ts';
import { budgetAnswer } from '../../domain/job/commands.ts';
import { progressOf } from '../../domain/job/summary.ts';
import { describe } from '../../domain/job/describe.ts';
import type { Job } from '../../domain/job/state.ts';
import type { WorkspaceDeps } from '../deps.ts';

/** Keeps a closed job for good: everything that the read routes answer from once its workflow is gone. */
export async function archiveJob(deps: WorkspaceDeps, job: Job): Promise<void> {
  const jobs = await openHub(deps.hubsDir, JOBS_HUB);
  const { state } = describe(job);
  const closedAt = job.finishedAt ?? job.updatedAt;
  if (state === 'deleted') {
    await entombJob(jobs, job.jobId, closedAt);
    return;
  }
  const hub = await openHub(deps.hubsDir, hubOf(job));
  await packWhenLoose(hub);
  const document = (sha: string | null | undefined) => (sha ? getDocument(hub, sha) : Promise.resolve(null));
  const [spec, plan] = await Promise.all([document(job.specSha), document(job.plan?.sha)]);
  await archive(jobs, job.jobId, {
    createdAt: job.createdAt,
    closedAt,
    title: job.header.title,
    summary: {
      state,
      kind: 'development',
      title: job.header.title,
      labels: job.header.labels,
      source: job.header.source,
      progress: progressOf(job.tasks),
      budget: budgetAnswer(job),
    },
    files: { job, spec, plan },
  });
}
