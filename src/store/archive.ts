import type { Instant, JobId, Sha } from '../domain/ids.ts';
import { jobPrefix } from './attempt-refs.ts';
import { walkBack } from './chain.ts';
import type { Link } from './chain.ts';
import type { Hub } from './hub.ts';
import { EMPTY_TREE, blobObject, commitObject, readFileAt, storeObjects, treeObject } from './objects.ts';
import { listRefs, moveRefs, readRef } from './refs.ts';

/** A closed job: what a list needs, and the files that the read routes serve (`status`, `plan`, `spec` …). */
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

/**
 * Writes the record, or replaces an older one (a closed job that was retried). A tombstone stays: the answer is
 * then its commit.
 */
export async function archiveJob(jobsHub: Hub, jobId: JobId, record: JobRecord): Promise<Sha> {
  const files = Object.entries(record.files).map(([name, json]) => ({
    name: `${name}.json`,
    blob: blobObject(JSON.stringify(json)),
  }));
  const tree = treeObject(files.map(({ name, blob }) => ({ mode: '100644', name, sha: blob.sha })));
  const head: Head = {
    deleted: false,
    createdAt: record.createdAt,
    closedAt: record.closedAt,
    summary: record.summary,
  };
  await storeObjects(jobsHub, [tree, ...files.map(({ blob }) => blob)]);
  return replace(jobsHub, jobId, tree.sha, record.title, head, record.closedAt);
}

/** Null: this job never closed. */
export async function readArchived(jobsHub: Hub, jobId: JobId): Promise<Archived | null> {
  const link = await newest(jobsHub, await readRef(jobsHub, archiveRef(jobId)));
  if (link === null) return null;
  const head = headOf(link);
  if (head.deleted) return head;
  return {
    ...head,
    commit: link.sha,
    read: async (name) => {
      const bytes = await readFileAt(jobsHub, link.tree, `${name}.json`);
      return bytes === null ? undefined : JSON.parse(bytes.toString());
    },
  };
}

/** Newest creation first (then by job id), tombstones left out. `before`: strictly after this one in that order. */
export async function listArchived(
  jobsHub: Hub,
  window: { readonly before?: Position | undefined; readonly limit: number },
): Promise<ArchivedItem[]> {
  const items: ArchivedItem[] = [];
  for (const { ref, sha } of await listRefs(jobsHub, PREFIX)) {
    const link = await newest(jobsHub, sha);
    const head = link === null ? null : headOf(link);
    if (head === null || head.deleted) continue;
    const { createdAt, closedAt, summary } = head;
    items.push({ jobId: ref.slice(PREFIX.length), commit: sha, createdAt, closedAt, summary });
  }
  const { before } = window;
  return items
    .filter((item) => before === undefined || byCreation(before, item) < 0)
    .sort(byCreation)
    .slice(0, window.limit);
}

/** Replaces whatever is archived by a tombstone, which keeps nothing of it. */
export async function entombJob(jobsHub: Hub, jobId: JobId, at: Instant): Promise<void> {
  await replace(jobsHub, jobId, EMPTY_TREE, 'deleted', { deleted: true, at }, at);
}

/** Drops every ref of the job in its hub; answers their names. */
export async function dropJobRefs(hub: Hub, jobId: JobId): Promise<string[]> {
  for (;;) {
    const refs = await listRefs(hub, jobPrefix(jobId));
    const moves = refs.map(({ ref, sha }) => ({ ref, to: null, from: sha }));
    if ((await moveRefs(hub, moves)) === 'moved') return refs.map(({ ref }) => ref);
  }
}

interface Position {
  readonly createdAt: Instant;
  readonly jobId: JobId;
}

/** The body of an archive's commit, so that a list reads one object for each job. */
type Head =
  | { readonly deleted: true; readonly at: Instant }
  | {
      readonly deleted: false;
      readonly createdAt: Instant;
      readonly closedAt: Instant;
      readonly summary: unknown;
    };

const PREFIX = 'refs/tutti/jobs/';
const archiveRef = (jobId: JobId): string => `${PREFIX}${jobId}`;
const headOf = (link: Link): Head => JSON.parse(link.body) as Head;

const byCreation = (a: Position, b: Position): number =>
  b.createdAt - a.createdAt || (a.jobId < b.jobId ? -1 : a.jobId > b.jobId ? 1 : 0);

async function newest(jobsHub: Hub, sha: Sha | null): Promise<Link | null> {
  for await (const link of walkBack(jobsHub, sha)) return link;
  return null;
}

async function replace(
  jobsHub: Hub,
  jobId: JobId,
  tree: Sha,
  title: string,
  head: Head,
  at: Instant,
): Promise<Sha> {
  const subject = title.replace(/\s+/g, ' ').trim() || jobId;
  const commit = commitObject({ tree, parents: [], message: `${subject}\n\n${JSON.stringify(head)}`, at });
  await storeObjects(jobsHub, [commit]);
  for (;;) {
    const from = await readRef(jobsHub, archiveRef(jobId));
    const there = await newest(jobsHub, from);
    if (there !== null && headOf(there).deleted) return there.sha;
    if ((await moveRefs(jobsHub, [{ ref: archiveRef(jobId), to: commit.sha, from }])) === 'moved')
      return commit.sha;
  }
}
