import { STATUS_CODES } from 'node:http';
import { ERRORS, OrchestratorError } from '../domain/errors.ts';
import { PROBLEM_TYPE } from '../contract/problem.ts';
import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import type { ErrorCode } from '../domain/errors.ts';
import type { Problem } from '../contract/problem.ts';

/** The last handler: whatever was thrown becomes a problem document. */
export const problemHandler =
  (log: Logger) =>
  (error: unknown, req: Request, res: Response, next: NextFunction): void => {
    if (res.headersSent) return next(error);
    const known = asOrchestratorError(error);
    if (known.code === 'internal') log.error({ err: error, url: req.url }, 'a request failed');
    const problem = problemOf(known);
    if (known.extra.retryAfterSeconds !== undefined)
      res.setHeader('Retry-After', known.extra.retryAfterSeconds);
    if (known.code === 'unauthenticated') res.setHeader('WWW-Authenticate', 'Bearer realm="tutti"');
    res.status(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
  };

export function problemOf({ code, message, extra }: OrchestratorError): Problem {
  const { status } = ERRORS[code];
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    detail: message,
    ...(extra.errors && { errors: [...extra.errors] }),
    ...(extra.state !== undefined && { state: extra.state }),
    ...(extra.allowed && { allowed: [...extra.allowed] }),
    ...(extra.jobId !== undefined && { job_id: extra.jobId }),
  };
}

function asOrchestratorError(error: unknown): OrchestratorError {
  if (error instanceof OrchestratorError) return error;
  const { type, status } = (error ?? {}) as { type?: unknown; status?: unknown };
  const [code, detail] = FRAMEWORK[String(type)] ?? [];
  if (code !== undefined && detail !== undefined)
    return new OrchestratorError(code, detail, { cause: error });
  if (status === 400)
    return new OrchestratorError('not_found', 'The path cannot be decoded.', { cause: error });
  return new OrchestratorError('internal', 'Something went wrong on the server; its log says more.', {
    cause: error,
  });
}

/** What the body parser throws, by its `type`. */
const FRAMEWORK: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  'entity.too.large': ['body_too_large', 'The body is larger than 1 MB.'],
  'entity.parse.failed': ['invalid_json', 'The body is not JSON (RFC 8259).'],
  'encoding.unsupported': ['unsupported_media_type', 'The Content-Encoding of the body is not supported.'],
  'charset.unsupported': ['unsupported_media_type', 'The body must be JSON in UTF-8.'],
  'request.aborted': ['invalid_json', 'The body ended early.'],
  'request.size.invalid': ['invalid_json', 'The body does not have the length that its header says.'],
};
