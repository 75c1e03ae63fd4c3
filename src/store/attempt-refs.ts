import type { JobId, Sha, TaskId } from '../domain/ids.ts';
import type { Hub } from './hub.ts';
export interface AttemptRefs {
  readonly tree: string;
  readonly talk: string;
  readonly calls: string;
}
export interface AttemptHeads {
  readonly tree: Sha | null;
  readonly talk: Sha | null;
  readonly calls: Sha | null;
}
export declare function attemptRefs(job: JobId, task: TaskId, attempt: number): AttemptRefs;
export declare function attemptHeads(
  hub: Hub,
  job: JobId,
  task: TaskId,
  attempt: number,
): Promise<AttemptHeads>;
/** The highest attempt that has a ref; 0: none. */
export declare function lastAttempt(hub: Hub, job: JobId, task: TaskId): Promise<number>;
/** `refs/tutti/<job>/`. */
export declare function jobPrefix(job: JobId): string;
export declare function jobRefs(job: JobId): {
  readonly base: string;
  readonly integration: string;
  readonly spec: string;
  readonly verify: string;
  readonly events: string;
};
/** The branch that is delivered: `tutti/<job>`. */
export declare function deliveredBranch(job: JobId): string;
