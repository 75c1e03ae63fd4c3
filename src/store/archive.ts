import type { Instant, JobId, Sha } from '../domain/ids.ts';
import type { Hub } from './hub.ts';
/** A closed job: what a list needs, and the files that the read routes serve (`status`, `plan`, `spec`, `events`, `commands` …). */
export interface JobRecord {
  readonly createdAt: Instant;
  readonly closedAt: Instant;
  /** One line for `git log`. */
  readonly title: string;
  /** What a list shows of the job, as the caller wants it back. */
  readonly summary: unknown;
  readonly files: Readonly<Record<string, unknown>>;
}
export type Archived =
  | { readonly deleted: true; readonly at: Instant }
  | {
      readonly deleted: false;
      readonly commit: Sha;
      readonly createdAt: Instant;
      readonly closedAt: Instant;
      readonly summary: unknown;
      /** The JSON of the file `<name>.json`; undefined where there is none. */
      readonly read: (name: string) => Promise<unknown>;
    };
export interface ArchivedItem {
  readonly jobId: JobId;
  readonly commit: Sha;
  readonly createdAt: Instant;
  readonly closedAt: Instant;
  readonly summary: unknown;
}
/** Writes or replaces the record; the same record again changes nothing. A tombstone is never replaced. */
export declare function archiveJob(jobsHub: Hub, jobId: JobId, record: JobRecord): Promise<Sha>;
export declare function readArchived(jobsHub: Hub, jobId: JobId): Promise<Archived | null>;
/** Newest creation first, tombstones left out. `before`: strictly after this position in that order. */
export declare function listArchived(
  jobsHub: Hub,
  window: {
    readonly before?: { readonly createdAt: Instant; readonly jobId: JobId };
    readonly limit: number;
  },
): Promise<ArchivedItem[]>;
/** Replaces whatever is archived by a tombstone. */
export declare function entombJob(jobsHub: Hub, jobId: JobId, at: Instant): Promise<void>;
/** Drops every ref of the job in its hub; answers their names. */
export declare function dropJobRefs(hub: Hub, jobId: JobId): Promise<string[]>;
