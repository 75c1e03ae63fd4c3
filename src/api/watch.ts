import { setTimeout as sleep } from 'node:timers/promises';
import type { JobFacts, Jobs } from './jobs.ts';

/** How often a job is asked while somebody watches it, in milliseconds. */
const EVERY_MS = 250;

/** Looks at a job again and again: one look serves everybody who watches it, and nobody watching means no look. */
export interface Watch {
  /** The facts of the next look. */
  next(jobId: string): Promise<JobFacts>;
}

export function createWatch(jobs: Jobs): Watch {
  const looks = new Map<string, Promise<JobFacts>>();
  return {
    next(jobId) {
      const known = looks.get(jobId);
      if (known !== undefined) return known;
      const look = sleep(EVERY_MS)
        .then(() => jobs.read(jobId))
        .finally(() => looks.delete(jobId));
      looks.set(jobId, look);
      return look;
    },
  };
}

/** Looks until `done`, until `ms` are over, or until the reader is gone; answers the last look. */
export async function watchUntil(
  watch: Watch,
  first: JobFacts,
  done: (facts: JobFacts) => boolean,
  { ms, signal }: { ms: number; signal: AbortSignal },
): Promise<JobFacts> {
  const deadline = Date.now() + ms;
  let facts = first;
  while (!done(facts) && Date.now() < deadline && !signal.aborted) facts = await watch.next(facts.view.jobId);
  return facts;
}
