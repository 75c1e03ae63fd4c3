import { condition } from '@temporalio/workflow';
import { recordingState } from '../../domain/job/events.ts';
import type { Job } from '../../domain/job/state.ts';

/** Where everything that concerns a job arrives: each change is recorded and wakes the job's loop. */
export interface Desk {
  readonly job: Job;
  /** Changes the job, records a new state of it, and wakes the loop. */
  change<T>(by: (now: number) => T): T;
  /** The loop's own change: recorded, and no news to itself. */
  act<T>(by: (now: number) => T): T;
  /** Resolves true at the next change, or false after `ms` (null: never). */
  news(ms: number | null): Promise<boolean>;
  hasNews(): boolean;
}

export function createDesk(job: Job): Desk {
  let changes = 0;
  let seen = 0;
  function act<T>(by: (now: number) => T): T {
    const now = Date.now();
    return recordingState(job, now, () => by(now));
  }
  return {
    job,
    act,
    change(by) {
      changes += 1;
      return act(by);
    },
    async news(ms) {
      const changed = (): boolean => changes > seen;
      const news = ms === null ? await condition(changed).then(() => true) : await condition(changed, ms);
      seen = changes;
      return news;
    },
    hasNews: () => changes > seen,
  };
}
