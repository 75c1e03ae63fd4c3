import { ActivityFailure, ApplicationFailure, TimeoutFailure, isCancellation } from '@temporalio/workflow';
import { isErrorCode } from '../../domain/errors.ts';
import { taskError } from '../../domain/failures.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { TaskError } from '../../domain/job/state.ts';

/** Ends an attempt as failed, from any depth of its steps. */
export class AttemptFailed extends Error {
  readonly error: TaskError;

  constructor(code: ErrorCode, detail: string) {
    super(detail);
    this.name = 'AttemptFailed';
    this.error = taskError(code, detail);
  }
}

/**
 * What went wrong in a step: one of our codes with its details, `lost` when no answer will ever come, `unstarted` when
 * nobody took it.
 */
export type StepFailure =
  | {
      readonly kind: 'coded';
      readonly code: ErrorCode;
      readonly detail: string;
      readonly details: readonly unknown[];
    }
  | { readonly kind: 'lost' | 'unstarted'; readonly detail: string };

/** Codes that say nothing about the work: the step is repeated. */
const NO_VERDICT: readonly ErrorCode[] = ['internal', 'attempt_lost'];

/** Reads a failed activity; anything that is not one, cancellation included, is thrown on. */
export function readFailure(error: unknown): StepFailure {
  if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
  const { cause } = error;
  if (cause instanceof ApplicationFailure && isErrorCode(cause.type) && !NO_VERDICT.includes(cause.type))
    return { kind: 'coded', code: cause.type, detail: cause.message, details: cause.details ?? [] };
  if (cause instanceof TimeoutFailure) {
    const kind = cause.timeoutType === 'SCHEDULE_TO_START' ? 'unstarted' : 'lost';
    return { kind, detail: `no sign of life (${cause.timeoutType})` };
  }
  return { kind: 'lost', detail: cause?.message ?? error.message };
}
