import type { Problem } from './problem.ts';

/** What the server said instead of an answer. Without a response (`status` 0) the code is `unreachable`. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: NonNullable<Problem['errors']>;
  readonly state: string | null;
  readonly allowed: readonly string[];
  readonly jobId: string | null;
  /** Seconds, from Retry-After. */
  readonly retryAfter: number | null;

  constructor(problem: Omit<Problem, 'type' | 'title'>, retryAfter: number | null, cause?: unknown) {
    super(problem.detail, cause === undefined ? undefined : { cause });
    this.name = 'ApiError';
    this.status = problem.status;
    this.code = problem.code;
    this.detail = problem.detail;
    this.errors = problem.errors ?? [];
    this.state = problem.state ?? null;
    this.allowed = problem.allowed ?? [];
    this.jobId = problem.job_id ?? null;
    this.retryAfter = retryAfter;
  }
}

/** Reads the problem document of a response that is not ok; anything else that answered is quoted. */
export async function apiError(response: Response): Promise<ApiError> {
  const text = await response.text();
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const seconds = Number.isFinite(retryAfter) ? retryAfter : null;
  const body = parse(text);
  if (isProblem(body)) return new ApiError(body, seconds);
  const detail = `${response.url} answered ${response.status} without a problem document: ${text.slice(0, 200)}`;
  return new ApiError({ status: response.status, code: 'unexpected_answer', detail }, seconds);
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'code' in body && 'status' in body && 'detail' in body;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
