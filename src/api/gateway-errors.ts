import { ApplicationFailure } from '@temporalio/common';
import {
  QueryNotRegisteredError,
  QueryRejectedError,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  isGrpcServiceError,
} from '@temporalio/client';
import { OrchestratorError, isErrorCode } from '../domain/errors.ts';

/** gRPC codes by which Temporal, or the way to it, says "not now". */
const AWAY = { cancelled: 1, deadline: 4, exhausted: 8, unavailable: 14 } as const;
const NOT_FOUND = 5;
const RETRY_AFTER_SECONDS = 5;

/** True where the workflow that was asked is unknown or closed. */
export const isGone = (error: unknown): boolean =>
  error instanceof WorkflowNotFoundError ||
  error instanceof QueryRejectedError ||
  (isGrpcServiceError(error) && hasCode(error, NOT_FOUND));

const hasCode = (error: { code: number }, code: number): boolean => error.code === code;

/** What the client of Temporal threw, in our words. */
export function engineError(error: unknown, jobId?: string): unknown {
  if (error instanceof OrchestratorError) return error;
  if (error instanceof WorkflowUpdateFailedError) return refusal(error.cause) ?? error;
  const grpc = error instanceof ServiceError ? error.cause : error;
  const message = grpc instanceof Error ? grpc.message : '';
  if (error instanceof QueryNotRegisteredError || /workflow task in failed state/i.test(message))
    return new OrchestratorError(
      'engine_stuck',
      'The job\'s workflow cannot make progress with the code that its workers run. "tutti doctor" says more.',
      { retryAfterSeconds: 30, cause: error },
    );
  const away =
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
    (isGrpcServiceError(grpc) && Object.values(AWAY).some((code) => hasCode(grpc, code)));
  return away ? unavailable(error, jobId) : error;
}

export const unavailable = (cause?: unknown, jobId?: string): OrchestratorError =>
  new OrchestratorError(
    'engine_unavailable',
    'Temporal or the workers did not answer in time. Nothing is lost: repeat the request, with the same Idempotency-Key where it has one.',
    { retryAfterSeconds: RETRY_AFTER_SECONDS, cause, ...(jobId !== undefined && { jobId }) },
  );

/** A validator's refusal: its type is the error code, its first detail the state and what it allows. */
function refusal(cause: unknown): OrchestratorError | null {
  if (!(cause instanceof ApplicationFailure) || !isErrorCode(cause.type)) return null;
  const [extra] = (cause.details ?? []) as [{ state?: string; allowed?: string[] }?];
  return new OrchestratorError(cause.type, cause.message, {
    ...(extra?.state !== undefined && { state: extra.state }),
    ...(extra?.allowed !== undefined && { allowed: extra.allowed }),
    cause,
  });
}
