import { ProviderFailure } from './failure.ts';
import type { Live } from './provider.ts';

/** What one request may take: silence in milliseconds, and bytes of answer. */
export interface LineLimits {
  readonly idleMs: number;
  readonly maxBytes: number;
}

export const LINE_LIMITS: LineLimits = { idleMs: 120_000, maxBytes: 10_000_000 };

/** A request's `fetch`, and the signal that ends it: the caller's, or ours when a limit is passed. */
export interface Line {
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal;
}

/**
 * Holds a watched line while `use` talks over it. Every chunk that arrives is progress, also those that an SDK keeps
 * to itself (pings). Where a limit ended it, `signal.reason` is the `ProviderFailure`.
 */
export async function withLine<T>(
  live: Live,
  limits: LineLimits,
  use: (line: Line) => Promise<T>,
): Promise<T> {
  const cut = new AbortController();
  const hang = (): void =>
    cut.abort(failure(`nothing came from the endpoint for ${limits.idleMs / 1000} s`, { repeatable: true }));
  let idle = setTimeout(hang, limits.idleMs);
  let bytes = 0;
  const heard = (chunk: Uint8Array): void => {
    clearTimeout(idle);
    idle = setTimeout(hang, limits.idleMs);
    bytes += chunk.byteLength;
    if (bytes > limits.maxBytes)
      cut.abort(failure(`the answer is longer than ${limits.maxBytes} bytes`, { repeatable: false }));
    else live.onProgress('');
  };
  try {
    return await use({
      signal: AbortSignal.any([live.signal, cut.signal]),
      fetch: async (url, init) => watched(await fetch(url, init), heard),
    });
  } finally {
    clearTimeout(idle);
  }
}

function watched(response: Response, heard: (chunk: Uint8Array) => void): Response {
  if (response.body === null) return response;
  const body = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        heard(chunk);
        controller.enqueue(chunk);
      },
    }),
  );
  return new Response(body, {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
  });
}

const failure = (detail: string, facts: { repeatable: boolean }): ProviderFailure =>
  new ProviderFailure(detail, { status: null, mayHaveCost: true, ...facts });
