import { JOB_EVENT_TYPES } from '../domain/job/state.ts';

/**
 * What a stream of events can say. `turn.finished` and `reset` carry no id: missed turns are in `/turns?after=`, and a
 * `reset` holds the whole status for a reader who is behind the oldest event that is kept.
 */
export const EVENT_TYPES = [...JOB_EVENT_TYPES, 'turn.finished', 'reset'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export interface WireEvent {
  /** Null for events that cannot be resumed from. */
  readonly id: number | null;
  readonly type: EventType;
  readonly data: Readonly<Record<string, unknown>>;
}
