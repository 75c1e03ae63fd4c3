/**
 * Every error that Tutti reports, by its stable code: one table for HTTP status and retryability.
 * `terminal` errors never get better by repeating the same call; `transient` ones may.
 */
interface ErrorRow {
  readonly status: number;
  readonly retryable: boolean;
}

const terminal = (status: number): ErrorRow => ({ status, retryable: false });
const transient = (status: number): ErrorRow => ({ status, retryable: true });

export const ERRORS = {
  invalid_json: terminal(400),
  invalid_query: terminal(400),
  unauthenticated: terminal(401),
  role_required: terminal(403),
  repository_not_allowed: terminal(403),
  not_found: terminal(404),
  job_not_found: terminal(404),
  task_not_found: terminal(404),
  turn_not_found: terminal(404),
  plan_not_ready: transient(404),
  method_not_allowed: terminal(405),
  not_acceptable: terminal(406),
  job_closed: terminal(409),
  job_deleted: terminal(409),
  job_running: terminal(409),
  not_allowed_now: terminal(409),
  not_awaiting_approval: terminal(409),
  not_retryable: terminal(409),
  stale_revision: terminal(409),
  body_too_large: terminal(413),
  unsupported_media_type: terminal(415),
  wrong_host: terminal(421),
  budget_too_small: terminal(422),
  idempotency_mismatch: terminal(422),
  invalid_field: terminal(422),
  model_unpriced: terminal(422),
  plan_invalid: terminal(422),
  provider_unavailable: terminal(422),
  repository_unusable: terminal(422),
  rate_limited: transient(429),
  internal: terminal(500),
  engine_stuck: transient(503),
  engine_unavailable: transient(503),
  sandbox_unavailable: transient(503),

  attempt_lost: transient(500),
  checks_failed: terminal(500),
  gave_up: terminal(500),
  merge_conflict: terminal(500),
  provider_failed: transient(500),
  provider_refused: terminal(500),
  repository_unreachable: transient(500),
  setup_failed: terminal(500),
  turns_exhausted: terminal(500),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** Who is to blame for a failed attempt (design: *Whose fault was it*). */
export type ErrorClass = 'infrastructure' | 'provider' | 'environment' | 'policy' | 'agent';

/** What a caller may read of an error besides its code and detail: fields at fault, the state that forbade it. */
export interface ErrorExtra {
  readonly errors?: readonly FieldError[];
  readonly state?: string;
  readonly allowed?: readonly string[];
  readonly jobId?: string;
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** One field at fault: a JSON pointer (RFC 6901) into the body and what is wrong there. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

/** The carrier of an error code, thrown by everything of ours outside the workflow sandbox's own failures. */
export class OrchestratorError extends Error {
  readonly code: ErrorCode;
  readonly extra: ErrorExtra;

  constructor(code: ErrorCode, detail: string, extra: ErrorExtra = {}) {
    super(detail, extra.cause === undefined ? undefined : { cause: extra.cause });
    this.name = 'OrchestratorError';
    this.code = code;
    this.extra = extra;
  }
}

export function isErrorCode(code: string | null | undefined): code is ErrorCode {
  return code !== null && code !== undefined && Object.hasOwn(ERRORS, code);
}
