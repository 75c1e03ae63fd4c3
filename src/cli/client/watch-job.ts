import { ApiError } from '../../contract/api-error.ts';
import { FINAL_STATES } from '../../domain/job/state.ts';
import type { Client } from '../../contract/client.ts';
import type { WireStatus } from '../../contract/status.ts';

/** What is seen of a job: its status, or why there is none at the moment. */
export type Seen =
  | { readonly kind: 'status'; readonly status: WireStatus }
  | { readonly kind: 'away'; readonly reason: string };

export interface WatchOptions {
  readonly signal: AbortSignal;
  /** The longest between two looks; events make them sooner. (Default: 1 second) */
  readonly everyMs?: number;
}

const LEAST_MS = 150;
const AWAY_MS = 2_000;

/**
 * Looks at a job whenever an event says that it changed, until it is finished or `signal` aborts. A server that is
 * away is waited for; other errors are thrown.
 */
export async function* watchJob(
  client: Client,
  jobId: string,
  { signal, everyMs = 1_000 }: WatchOptions,
): AsyncIterable<Seen> {
  const bell = createBell(signal);
  const ended = new AbortController();
  void ringAtEvents(client, jobId, bell.ring, AbortSignal.any([signal, ended.signal]));
  try {
    while (!signal.aborted) {
      const seen = await look(client, jobId, signal);
      if (seen === null) return;
      yield seen;
      if (seen.kind === 'status' && isFinal(seen.status)) return;
      await bell.wait(LEAST_MS, seen.kind === 'away' ? AWAY_MS : everyMs);
    }
  } finally {
    ended.abort();
  }
}

const isFinal = ({ state }: Pick<WireStatus, 'state'>): boolean =>
  FINAL_STATES.some((final) => final === state);

/** Null when the watch was ended meanwhile. */
async function look(client: Client, jobId: string, signal: AbortSignal): Promise<Seen | null> {
  try {
    return { kind: 'status', status: await client.status({ job_id: jobId, signal }) };
  } catch (error) {
    if (signal.aborted) return null;
    if (error instanceof ApiError && isPassing(error)) return { kind: 'away', reason: error.detail };
    throw error;
  }
}

const isPassing = ({ status }: ApiError): boolean => status === 0 || status === 429 || status >= 500;

/** Events only make a look sooner: whatever is wrong with them, looking says it too. */
async function ringAtEvents(
  client: Client,
  jobId: string,
  ring: () => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const event of client.events({ job_id: jobId, signal })) if (event.type !== 'reset') ring();
  } catch {
    ring();
  }
}

function createBell(signal: AbortSignal): {
  ring: () => void;
  wait: (least: number, most: number) => Promise<void>;
} {
  let rung = false;
  let wake: (() => void) | null = null;
  const pause = (ms: number, untilRung: boolean) =>
    new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        wake = null;
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end, { once: true });
      if (untilRung) wake = end;
    });
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async wait(least, most) {
      await pause(least, false);
      if (!rung && !signal.aborted) await pause(most - least, true);
      rung = false;
    },
  };
}
