import { setTimeout as sleep } from 'node:timers/promises';
import { ERRORS, OrchestratorError } from '../domain/errors.ts';
import type { JobId } from '../domain/ids.ts';
import type { Desk } from './desk.ts';

const EVERY_MS = 100;
const LONGEST_MS = 5 * 60_000;

/** Resolves when the job is deleted. Throws when it is still there after five minutes. */
export async function watchUntilGone(desk: Desk, jobId: JobId): Promise<void> {
  const deadline = Date.now() + LONGEST_MS;
  while (Date.now() < deadline) {
    if (await isGone(desk, jobId)) return;
    await sleep(EVERY_MS);
  }
  throw new Error(`job ${jobId} is not deleted after five minutes`);
}

async function isGone(desk: Desk, jobId: JobId): Promise<boolean> {
  try {
    return (await desk.gateway.view(jobId)) === null && (await desk.jobs.find(jobId)) === 'deleted';
  } catch (error) {
    if (error instanceof OrchestratorError && ERRORS[error.code].retryable) return false;
    throw error;
  }
}
