import type { Usage } from '../../domain/prices.ts';

/** A model call that gave no answer: what is known of it, so that the workflow can decide about the next one. */
export class ProviderFailure extends Error {
  /** HTTP status, null when no response came or the stream broke after a good one. */
  readonly status: number | null;
  /** How long the endpoint asks to be left alone, in milliseconds. */
  readonly retryAfterMs: number | null;
  readonly repeatable: boolean;
  /** True when the endpoint may have worked for us, and may bill it. */
  readonly mayHaveCost: boolean;
  /** What the endpoint said that it cost before it broke, if it did. */
  readonly usage: Usage | null;

  constructor(detail: string, facts: FailureFacts) {
    super(detail);
    this.name = 'ProviderFailure';
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs ?? null;
    this.repeatable = facts.repeatable;
    this.mayHaveCost = facts.mayHaveCost;
    this.usage = facts.usage ?? null;
  }

  /** The same failure, of a request whose cost so far is known. */
  costing(usage: Usage | null): ProviderFailure {
    const { status, repeatable, mayHaveCost, retryAfterMs } = this;
    return new ProviderFailure(this.message, { status, repeatable, mayHaveCost, retryAfterMs, usage });
  }
}

export interface FailureFacts {
  readonly status: number | null;
  readonly repeatable: boolean;
  readonly mayHaveCost: boolean;
  readonly retryAfterMs?: number | null;
  readonly usage?: Usage | null;
}

/** The failure that an HTTP error response means. Only a gateway that lost its own upstream may have cost something. */
export function failureOfStatus(status: number, detail: string, headers: Headers): ProviderFailure {
  return new ProviderFailure(detail, {
    status,
    repeatable: REPEATABLE.has(status) || status >= 500,
    mayHaveCost: LOST_UPSTREAM.has(status),
    retryAfterMs: retryAfterMs(headers, Date.now()),
  });
}

const REPEATABLE = new Set([408, 409, 429]);
const LOST_UPSTREAM = new Set([502, 504, 520, 522, 524]);

/**
 * The wait that the headers ask for: `retry-after-ms`, `retry-after` (seconds or an HTTP date), else the latest
 * reset of an exhausted `anthropic-ratelimit-*` limit. Null: none of them is there or readable.
 */
export function retryAfterMs(headers: Headers, now: number): number | null {
  const ms = number(headers.get('retry-after-ms'));
  if (ms !== null) return ms;
  const after = headers.get('retry-after');
  if (after !== null) {
    const seconds = number(after);
    return seconds === null ? until(after, now) : seconds * 1000;
  }
  const waits: number[] = [];
  for (const [name, value] of headers) {
    const limit = /^anthropic-ratelimit-(.+)-reset$/.exec(name)?.[1];
    if (limit === undefined) continue;
    const remaining = number(headers.get(`anthropic-ratelimit-${limit}-remaining`));
    const wait = until(value, now);
    if (wait !== null && (remaining === null || remaining === 0)) waits.push(wait);
  }
  return waits.length === 0 ? null : Math.max(...waits);
}

function number(text: string | null): number | null {
  return text !== null && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : null;
}

function until(date: string, now: number): number | null {
  const at = Date.parse(date);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
