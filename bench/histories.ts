import type { Client } from '@temporalio/client';

/** What a run's history says: its size, and when which activity was scheduled and done (milliseconds). */
export interface Profile {
  readonly events: number;
  readonly bytes: number;
  readonly steps: readonly Step[];
  /** The kinds of its events, in their order. */
  readonly kinds: readonly string[];
}

export interface Step {
  readonly name: string;
  readonly scheduled: number;
  readonly done: number;
  /** Its number among the events. */
  readonly event: number;
}

interface Started {
  readonly name: string;
  readonly at: number;
  readonly event: number;
}

export async function profileOf(client: Client, workflowId: string): Promise<Profile> {
  const handle = client.workflow.getHandle(workflowId);
  const [description, history] = await Promise.all([handle.describe(), handle.fetchHistory()]);
  const scheduled = new Map<number, Started>();
  const steps: Step[] = [];
  const kinds: string[] = [];
  for (const event of history.events ?? []) {
    const at = Number(event.eventTime?.seconds) * 1_000 + (event.eventTime?.nanos ?? 0) / 1e6;
    const number = Number(event.eventId);
    kinds.push(kindOf(event));
    const name = event.activityTaskScheduledEventAttributes?.activityType?.name;
    if (name) scheduled.set(number, { name, at, event: number });
    const begun = scheduled.get(Number(event.activityTaskCompletedEventAttributes?.scheduledEventId));
    if (begun) steps.push({ name: begun.name, scheduled: begun.at, done: at, event: begun.event });
  }
  return { events: description.historyLength, bytes: description.historySize ?? 0, steps, kinds };
}

/** When each turn began. */
export const turnStarts = ({ steps }: Profile, first: string): number[] =>
  steps.filter((step) => step.name === first).map((step) => step.scheduled);

const kindOf = (event: object): string =>
  Object.entries(event).find(([key, value]) => key.endsWith('EventAttributes') && value !== null)?.[0] ??
  'unknown';
