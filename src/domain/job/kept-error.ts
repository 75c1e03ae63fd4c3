import type { Job, TaskError } from './state.ts';

/** Characters of details that all failed tasks of a job keep together, and the bounds for one. */
const DETAILS = { together: 150_000, most: 4_000, least: 300 };
/** Characters where somebody only wants to know what happened. */
const BRIEF = 160;

/**
 * The error of an attempt as the job keeps it. The whole state is carried over continue-as-new and has its limit; what a
 * check printed is in its log.
 */
export function keptError(job: Job, error: TaskError): TaskError {
  const share = Math.floor(DETAILS.together / Math.max(1, job.tasks.length));
  return cut(error, Math.max(DETAILS.least, Math.min(DETAILS.most, share)));
}

/** The error in an event, and of an attempt that another has followed. */
export const briefError = (error: TaskError): TaskError => cut(error, BRIEF);

/** What failed stands at the beginning, why mostly at the end. */
function cut(error: TaskError, most: number): TaskError {
  const { detail } = error;
  if (detail.length <= most) return error;
  const head = Math.floor(most / 3);
  return { ...error, detail: `${detail.slice(0, head)} … ${detail.slice(head + 3 - most)}` };
}
