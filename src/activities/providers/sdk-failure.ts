import { ProviderFailure, failureOfStatus } from './failure.ts';
import type { Usage } from '../../domain/prices.ts';

/** What the SDKs' API errors have in common. Without a status there was no response, or it broke. */
export interface SdkError extends Error {
  readonly status: number | undefined;
  readonly headers: Headers | undefined;
  /** The vendor's word for an error that came inside a stream. */
  readonly type?: string | null | undefined;
}

/** How far a request had come when it failed. */
export interface Progress {
  /** The key, which no error message may repeat. */
  readonly secret: string;
  readonly signal: AbortSignal;
  readonly live: AbortSignal;
  /** What the endpoint had said of its cost. */
  readonly usage: Usage | null;
}

/** What a request that threw, or whose stream ended early, is to its caller. Rethrows the caller's own abort. */
export function failureOf(
  error: unknown,
  isApiError: (error: unknown) => error is SdkError,
  at: Progress,
): unknown {
  if (at.live.aborted) return at.live.reason;
  const cause: unknown = at.signal.aborted ? at.signal.reason : error;
  if (cause instanceof ProviderFailure) return cause.costing(at.usage);
  const words = at.secret.length < 8 ? wordsOf(cause) : wordsOf(cause).replaceAll(at.secret, '[key]');
  if (!isApiError(cause))
    return new ProviderFailure(`the answer broke off: ${words}`, { ...BROKEN, usage: at.usage });
  if (cause.status !== undefined) return failureOfStatus(cause.status, words, cause.headers ?? new Headers());
  if (cause.headers !== undefined || at.usage !== null)
    return new ProviderFailure(`the endpoint broke its answer off: ${words}`, {
      ...BROKEN,
      repeatable: !NOT_REPEATABLE.has(cause.type ?? ''),
      usage: at.usage,
    });
  return new ProviderFailure(`no answer from the endpoint: ${words}`, {
    ...BROKEN,
    mayHaveCost: !neverConnected(cause),
  });
}

const BROKEN = { status: null, repeatable: true, mayHaveCost: true } as const;

/** Vendor words for errors that a repetition meets again. */
const NOT_REPEATABLE = new Set([
  'invalid_request_error',
  'authentication_error',
  'billing_error',
  'permission_error',
  'not_found_error',
  'request_too_large',
]);

const NO_CONNECTION =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS_)/;

function neverConnected(error: unknown): boolean {
  return causesOf(error).some(({ code }) => typeof code === 'string' && NO_CONNECTION.test(code));
}

/** The message with those of its causes, which SDKs hide behind "Connection error.", at most 500 characters. */
function wordsOf(error: unknown): string {
  const words = causesOf(error)
    .map(({ status, apiMessage, message }) =>
      typeof apiMessage === 'string' ? [status, apiMessage].filter(Boolean).join(' ') : message,
    )
    .filter((text) => typeof text === 'string' && text !== '');
  return (words.length === 0 ? String(error) : [...new Set(words)].join(': ')).slice(0, 500);
}

/** The error and what caused it, by shape: an error of another realm is no `Error` of this one. */
function causesOf(error: unknown): Cause[] {
  const causes: Cause[] = [];
  for (let at = error; typeof at === 'object' && at !== null && causes.length < 5; at = causes.at(-1)?.cause)
    causes.push(at);
  return causes;
}

interface Cause {
  readonly status?: unknown;
  /** Anthropic's words without the JSON around them. */
  readonly apiMessage?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
}
