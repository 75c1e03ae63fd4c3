/** What a check has found. */
export interface Finding {
  readonly is: 'ok' | 'warn' | 'fail';
  readonly what: string;
  readonly says: string;
  /** What to do about it. */
  readonly remedy?: string;
  readonly details?: readonly string[];
}
