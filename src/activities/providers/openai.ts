import OpenAI, { APIError } from 'openai';
import type { Endpoint } from './anthropic.ts';
import { LINE_LIMITS, withLine } from './line.ts';
import type { LineLimits } from './line.ts';
import { openAiAnswer } from './openai-answer.ts';
import { toOpenAi } from './openai-wire.ts';
import type { Provider } from './provider.ts';
import { reachableBy } from './reachable.ts';
import { failureOf } from './sdk-failure.ts';
import type { SdkError } from './sdk-failure.ts';

/** Any endpoint that speaks OpenAI's chat completions: one streamed request a call, repeated by nobody here. */
export function openai(endpoint: Endpoint, limits: LineLimits = LINE_LIMITS): Provider {
  const vendor =
    endpoint.baseUrl === null || /(^|\.)(openai|azure)\.com$/.test(new URL(endpoint.baseUrl).hostname);
  return {
    id: 'openai',
    complete: (request, live) =>
      withLine(live, limits, async (line) => {
        const answer = openAiAnswer();
        try {
          const body = toOpenAi(request, vendor);
          const stream = await clientOf(endpoint, line.fetch).chat.completions.create(body, {
            signal: line.signal,
          });
          for await (const chunk of stream) {
            const text = answer.add(chunk);
            if (text !== '') live.onProgress(text);
          }
          line.signal.throwIfAborted();
          const end = answer.end(request.subject, Buffer.byteLength(JSON.stringify(body)));
          if (end === null) throw new Error('the stream ended before the message did');
          return end;
        } catch (error) {
          const progress = {
            secret: endpoint.apiKey,
            signal: line.signal,
            live: live.signal,
            usage: answer.usage(),
          };
          throw failureOf(error, isApiError, progress);
        }
      }),
    reachable: (signal) =>
      reachableBy(signal, (within) => clientOf(endpoint).models.list({ signal: within })),
  };
}

const isApiError = (error: unknown): error is SdkError => error instanceof APIError;

function clientOf({ apiKey, baseUrl }: Endpoint, fetch?: typeof globalThis.fetch): OpenAI {
  return new OpenAI({
    // Local servers need none, but the SDK does.
    apiKey: apiKey === '' ? 'none' : apiKey,
    baseURL: baseUrl ?? 'https://api.openai.com/v1',
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: NO_TIMEOUT,
    logLevel: 'off',
    ...(fetch === undefined ? {} : { fetch }),
  });
}

/** The longest that a timer can wait: silence is limited by the line, not by the SDK. */
const NO_TIMEOUT = 2 ** 31 - 1;
