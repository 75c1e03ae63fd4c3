import type { Instant } from '../ids.ts';
import type { Ending, Job } from './state.ts';

/** Ends a job in which nothing runs any more. */
export function closeJob(job: Job, as: Ending, now: Instant): void {
  job.stage = { kind: 'closed', as };
  job.finishedAt = now;
}
