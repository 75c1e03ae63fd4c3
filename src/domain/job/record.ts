import type { CommandAnswer, Job, JobStateName } from './state.ts';
import type { Plan } from '../plan.ts';
import type { Progress } from './summary.ts';
import type { Source, Spec } from '../spec.ts';

/** What the archive's list shows of a closed job. */
export interface JobSummary {
  readonly kind: string;
  readonly state: JobStateName;
  readonly title: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly source: Source;
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

/** Path or url of a source. */
export const placeOf = (source: Source): string => (source.kind === 'url' ? source.url : source.path);
