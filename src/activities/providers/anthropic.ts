import Anthropic, { APIError } from '@anthropic-ai/sdk';
import { anthropicAnswer } from './anthropic-answer.ts';
import { toAnthropic } from './anthropic-wire.ts';
import { reachableBy } from './reachable.ts';
import { LINE_LIMITS, withLine } from './line.ts';
import type { Line, LineLimits } from './line.ts';
import type { Provider } from './provider.ts';
import { failureOf } from './sdk-failure.ts';
import type { SdkError } from './sdk-failure.ts';

export interface Endpoint {
  readonly apiKey: string;
  /** Null: the vendor's own. */
  readonly baseUrl: string | null;
}

/** Claude through Anthropic's SDK: one streamed request a call, repeated by nobody here. */
export function anthropic(endpoint: Endpoint, limits: LineLimits = LINE_LIMITS): Provider {
  return {
    id: 'anthropic',
    complete: (request, live) =>
      withLine(live, limits, async (line) => {
        const answer = anthropicAnswer();
        try {
          const stream = await clientOf(endpoint, line.fetch).messages.create(toAnthropic(request), {
            signal: line.signal,
          });
          for await (const event of stream) {
            const text = answer.add(event);
            if (text !== '') live.onProgress(text);
          }
          line.signal.throwIfAborted();
          const end = answer.end(request.subject);
          if (end === null) throw new Error('the stream ended before the message did');
          return end;
        } catch (error) {
          throw failureOf(error, isApiError, {
            ...progressOf(endpoint, line),
            live: live.signal,
            usage: answer.usage(),
          });
        }
      }),
    reachable: (signal) =>
      reachableBy(signal, (within) => clientOf(endpoint).models.list({ limit: 1 }, { signal: within })),
  };
}

const isApiError = (error: unknown): error is SdkError => error instanceof APIError;

const progressOf = (endpoint: Endpoint, line: Line): { secret: string; signal: AbortSignal } => ({
  secret: endpoint.apiKey,
  signal: line.signal,
});

function clientOf({ apiKey, baseUrl }: Endpoint, fetch?: typeof globalThis.fetch): Anthropic {
  return new Anthropic({
    apiKey,
    baseURL: baseUrl ?? VENDOR,
    maxRetries: 0,
    timeout: NO_TIMEOUT,
    logLevel: 'off',
    // The SDK sends the key as a bearer token; gateways of others often read only this header.
    ...(baseUrl === null ? {} : { defaultHeaders: { 'x-api-key': apiKey } }),
    ...(fetch === undefined ? {} : { fetch }),
  });
}

const VENDOR = 'https://api.anthropic.com';

/** The longest that a timer can wait: silence is limited by the line, not by the SDK. */
const NO_TIMEOUT = 2 ** 31 - 1;
