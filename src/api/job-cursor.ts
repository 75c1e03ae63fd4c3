import { OrchestratorError } from '../domain/errors.ts';
import { isJobId } from '../domain/ids.ts';
import type { Instant, JobId } from '../domain/ids.ts';

/** A place in the list of jobs, which is sorted by creation, newest first, then by id. */
export interface Cursor {
  readonly createdAt: Instant;
  readonly jobId: JobId;
}

export const newestFirst = (a: Cursor, b: Cursor): number =>
  b.createdAt - a.createdAt || (a.jobId < b.jobId ? -1 : a.jobId > b.jobId ? 1 : 0);

/** Whether an entry comes after the cursor; everything comes after none. */
export const isAfter = (cursor: Cursor | null, entry: Cursor): boolean =>
  cursor === null || newestFirst(cursor, entry) < 0;

/** Opaque to clients. */
export const cursorOf = ({ createdAt, jobId }: Cursor): string =>
  Buffer.from(`${createdAt} ${jobId}`).toString('base64url');

/** Throws `invalid_query`. */
export function parseCursor(text: string): Cursor {
  const [createdAt = '', jobId = ''] = Buffer.from(text, 'base64url').toString().split(' ');
  if (/^\d{1,15}$/.test(createdAt) && isJobId(jobId)) return { createdAt: Number(createdAt), jobId };
  throw new OrchestratorError(
    'invalid_query',
    'The query is not valid: cursor is not one that this list gave.',
  );
}
