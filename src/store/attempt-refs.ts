import type { JobId, Sha, TaskId } from '../domain/ids.ts';
import type { Hub } from './hub.ts';
import { listRefs, readRef } from './refs.ts';

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

export const jobPrefix = (job: JobId): string => `refs/tutti/${job}/`;

export interface JobRefs {
  readonly base: string;
  readonly integration: string;
  readonly spec: string;
  readonly verify: string;
  readonly events: string;
}

export const jobRefs = (job: JobId): JobRefs => ({
  base: `${jobPrefix(job)}base`,
  integration: `${jobPrefix(job)}integration`,
  spec: `${jobPrefix(job)}spec`,
  verify: `${jobPrefix(job)}verify`,
  events: `${jobPrefix(job)}events`,
});

/** The branch that is delivered. */
export const deliveredBranch = (job: JobId): string => `tutti/${job}`;

export function attemptRefs(job: JobId, task: TaskId, attempt: number): AttemptRefs {
  const prefix = `${jobPrefix(job)}${task}/${attempt}`;
  return { tree: `${prefix}/tree`, talk: `${prefix}/talk`, calls: `${prefix}/calls` };
}

export async function attemptHeads(
  hub: Hub,
  job: JobId,
  task: TaskId,
  attempt: number,
): Promise<AttemptHeads> {
  const refs = attemptRefs(job, task, attempt);
  const [tree, talk, calls] = await Promise.all([
    readRef(hub, refs.tree),
    readRef(hub, refs.talk),
    readRef(hub, refs.calls),
  ]);
  return { tree, talk, calls };
}

/** The highest attempt that has a ref; 0: none. */
export async function lastAttempt(hub: Hub, job: JobId, task: TaskId): Promise<number> {
  const prefix = `${jobPrefix(job)}${task}/`;
  const refs = await listRefs(hub, prefix);
  return Math.max(0, ...refs.map(({ ref }) => Number.parseInt(ref.slice(prefix.length), 10) || 0));
}
