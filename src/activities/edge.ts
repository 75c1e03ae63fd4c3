import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { OrchestratorError } from '../domain/errors.ts';

/** Several beats within the shortest heartbeat timeout (20 s), so that a busy moment is not taken for a death. */
const BEAT_MS = 4_000;

/**
 * The edge of an activity: a heartbeat while it works (cancellation arrives by it), a signal for what it runs, and
 * our errors as failures that the workflow knows by their code. Which of them end a step for good, its proxy says.
 */
export function atEdge<I, O>(step: (input: I, signal: AbortSignal) => Promise<O>): (input: I) => Promise<O> {
  return async (input) => {
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), BEAT_MS);
    try {
      return await step(input, context.cancellationSignal);
    } catch (error) {
      if (context.cancellationSignal.aborted) await context.cancelled;
      throw failureOf(error);
    } finally {
      clearInterval(beat);
    }
  };
}

/** A failure with details for the workflow that decides what happens next. */
export class DetailedError extends OrchestratorError {
  readonly details: unknown;

  constructor(code: OrchestratorError['code'], detail: string, details: unknown, cause?: unknown) {
    super(code, detail, { cause });
    this.details = details;
  }
}

function failureOf(error: unknown): unknown {
  if (!(error instanceof OrchestratorError)) return error;
  return ApplicationFailure.create({
    type: error.code,
    message: error.message,
    ...(error instanceof DetailedError ? { details: [error.details] } : {}),
    cause: error,
  });
}
