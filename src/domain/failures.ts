import type { ErrorClass, ErrorCode } from './errors.ts';
import type { TaskError } from './job/state.ts';

/** Whose fault a failed attempt is, by its code. What is not here is the infrastructure's. */
const CLASSES: Partial<Record<ErrorCode, ErrorClass>> = {
  provider_failed: 'provider',
  setup_failed: 'environment',
  sandbox_unavailable: 'environment',
  checks_failed: 'agent',
  gave_up: 'agent',
  merge_conflict: 'agent',
  plan_invalid: 'agent',
  provider_refused: 'agent',
  turns_exhausted: 'agent',
};

export const taskError = (code: ErrorCode, detail: string): TaskError => ({
  code,
  class: CLASSES[code] ?? 'infrastructure',
  detail,
});
