import type { JobId } from '../domain/ids.ts';

/** As long as visibility may lag behind, with room to spare. */
const KEPT_MS = 10_000;
const KEPT_JOBS = 100;

/** The jobs that this process has started, changed or deleted in the last ten seconds. */
export interface Recent {
  add(jobId: JobId): void;
  list(): JobId[];
}

export function createRecent(now: () => number = Date.now): Recent {
  const touched = new Map<JobId, number>();
  return {
    add(jobId) {
      touched.delete(jobId);
      touched.set(jobId, now());
      const oldest = touched.keys().next().value;
      if (touched.size > KEPT_JOBS && oldest !== undefined) touched.delete(oldest);
    },
    list() {
      for (const [jobId, at] of touched) if (at < now() - KEPT_MS) touched.delete(jobId);
      return [...touched.keys()];
    },
  };
}
