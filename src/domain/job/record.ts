import { budgetAnswer } from './commands.ts';
import { describe } from './describe.ts';
import { progressOf } from './summary.ts';
import type { Instant } from '../ids.ts';
import type { Plan } from '../plan.ts';
import type { Source, Spec } from '../spec.ts';
import type { CommandAnswer, Job, JobStateName } from './state.ts';
import type { Progress } from './summary.ts';

/** What a list shows of a job: the memo of an open one, the summary of an archived one. */
export interface JobSummary {
  readonly title: string;
  readonly state: JobStateName;
  /** Path or url of the source. */
  readonly repository: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly progress: Progress;
  readonly budget: CommandAnswer;
}

/** The files of a closed job's record: all that the read routes and a restart need. */
export interface JobFiles {
  readonly job: Job;
  /** Null: the job ended before its spec reached the hub. */
  readonly spec: Spec | null;
  readonly plan: Plan | null;
}

/** A closed job as the archive keeps it. */
export function recordOf(files: JobFiles): {
  createdAt: Instant;
  closedAt: Instant;
  title: string;
  summary: JobSummary;
  files: Readonly<Record<string, unknown>>;
} {
  const { job } = files;
  return {
    createdAt: job.createdAt,
    closedAt: job.finishedAt ?? job.updatedAt,
    title: `${job.jobId} ${job.header.title}`,
    summary: summaryOf(job),
    files: { ...files },
  };
}

export function summaryOf(job: Job): JobSummary {
  const { state } = describe(job);
  return {
    title: job.header.title,
    state: state === 'deleted' ? 'cancelled' : state,
    repository: placeOf(job.header.source),
    labels: job.header.labels,
    progress: progressOf(job.tasks),
    budget: budgetAnswer(job),
  };
}

/** Path or url of a source. */
export const placeOf = (source: Source): string => (source.kind === 'url' ? source.url : source.path);
