import { oneLine } from './view/text.ts';
import { ApiError } from '../contract/api-error.ts';

/** What the caller can mend: said in one line, exit code 1. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** Ctrl-C at a question or while following: exit code 130. The message says how to come back. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** An error as the lines that a person reads. */
export function errorLines(error: unknown): string[] {
  if (!(error instanceof ApiError)) return [error instanceof Error ? error.message : String(error)];
  const { code, detail, errors, allowed, jobId, status } = error;
  const retry = error.retryAfter === null ? [] : [`Try again in ${error.retryAfter} s.`];
  return [
    status === 0 ? detail : `${code}: ${oneLine(detail)}`,
    ...errors.map((one) => `  ${oneLine(one.pointer) || 'body'}: ${oneLine(one.detail)}`),
    ...(allowed.length > 0 ? [`Possible now: ${allowed.join(', ')}`] : []),
    ...(jobId !== null ? [`The job may have been started all the same: tutti status ${jobId}`] : []),
    ...(status === 401 ? ['Give a token with --token or TUTTI_TOKEN.'] : []),
    ...(status === 0 ? [] : retry),
  ];
}

/** An error as the server wrote it, for `--json`; null when it came from no server. */
export function errorBody(error: unknown): Record<string, unknown> | null {
  if (!(error instanceof ApiError) || error.status === 0) return null;
  const { status, code, detail, errors, state, allowed, jobId } = error;
  return {
    status,
    code,
    detail,
    ...(errors.length > 0 && { errors }),
    ...(state !== null && { state }),
    ...(allowed.length > 0 && { allowed }),
    ...(jobId !== null && { job_id: jobId }),
  };
}
