import { describe } from './describe.ts';
import type { Instant } from '../ids.ts';
import type { Job, JobEvent, JobEventType, JobStateName } from './state.ts';

/** Events kept in the job's state; older ones go to the hub before they are dropped. */
export const EVENTS_KEPT = 1_000;

/** Adds an event to the job. */
export function record(job: Job, at: Instant, type: JobEventType, data: JobEvent['data']): void {
  job.events.recent.push({ seq: job.events.next, at, type, data });
  job.events.next += 1;
  job.updatedAt = at;
}

/** Does `change` and records `job.state` if what the outside calls the job's state became another. */
export function recordingState<T>(job: Job, at: Instant, change: () => T): T {
  const before = shown(job);
  const answer = change();
  const after = shown(job);
  if (before.state !== after.state || before.waiting_on !== after.waiting_on)
    record(job, at, 'job.state', after);
  return answer;
}

function shown(job: Job): { state: JobStateName | 'deleted'; waiting_on: string | null } {
  const { state, waitingOn } = describe(job);
  return { state, waiting_on: waitingOn };
}

/** The events that must be saved elsewhere before `dropOldEvents`, or none while there is room. */
export function oldEvents(job: Job): readonly JobEvent[] {
  const surplus = job.events.recent.length - EVENTS_KEPT;
  return surplus > EVENTS_KEPT / 4 ? job.events.recent.slice(0, surplus) : [];
}

export function dropOldEvents(job: Job, through: number): void {
  job.events.recent = job.events.recent.filter((event) => event.seq > through);
}
