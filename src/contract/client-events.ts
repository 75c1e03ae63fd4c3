import { createParser } from 'eventsource-parser';
import { ApiError } from './api-error.ts';
import { FINAL_STATES } from '../domain/job/state.ts';
import type { EventType, WireEvent } from './events.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Reads a stream of events and takes it up again after the last numbered one when the connection breaks. Ends after
 * the final event, or when `signal` aborts. Errors that repeating cannot mend are thrown.
 */
export async function* readEvents(
  open: (after: number | undefined, signal: AbortSignal | undefined) => Promise<Response>,
  signal?: AbortSignal,
): AsyncIterable<WireEvent> {
  let last: number | undefined;
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    if (signal?.aborted) return;
    try {
      const response = await open(last, signal);
      if (response.status === 204) return;
      for await (const event of eventsOf(response)) {
        pause = FIRST_PAUSE_MS;
        if (event.id !== null) last = event.id;
        if (event.type === 'reset' && typeof event.data['last_event'] === 'number')
          last = event.data['last_event'];
        yield event;
        if (isFinal(event)) return;
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (!mayPass(error)) throw error;
    }
    await sleep(pause, signal);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

/** Whether taking the stream up again may help: not where the server has refused, nor where it talks nonsense. */
function mayPass(error: unknown): boolean {
  if (error instanceof ApiError) return error.status === 0 || error.status === 429 || error.status >= 500;
  return !(error instanceof SyntaxError);
}

/** Whether nothing comes after this event. */
function isFinal({ type, data }: WireEvent): boolean {
  const state = type === 'reset' || type === 'job.state' ? data['state'] : null;
  return FINAL_STATES.some((final) => final === state) || state === 'deleted';
}

async function* eventsOf(response: Response): AsyncIterable<WireEvent> {
  if (response.body === null) return;
  const ready: WireEvent[] = [];
  const parser = createParser({
    onEvent: ({ id, event, data }) =>
      ready.push({
        id: id === undefined || id === '' ? null : Number(id),
        type: event as EventType,
        data: JSON.parse(data) as Record<string, unknown>,
      }),
  });
  const text = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    parser.feed(text.decode(chunk, { stream: true }));
    yield* ready.splice(0);
  }
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
