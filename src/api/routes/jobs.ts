import { json } from '../ask.ts';
import { listArchived } from '../../store/archive.ts';
import { JOBS_HUB, openHub } from '../../store/hub.ts';
import { cursorOf, isAfter, newestFirst, parseCursor } from '../job-cursor.ts';
import { entryOfArchived, entryOfFacts, entryOfRow, itemOf, matches } from '../job-entry.ts';
import { statesOf } from './status.ts';
import type { JobsQuery } from '../../contract/jobs.ts';
import type { Handler } from '../ask.ts';
import type { Desk } from '../desk.ts';
import type { Cursor } from '../job-cursor.ts';
import type { JobEntry } from '../job-entry.ts';

const HOUR = 3_600_000;
/** Visibility cannot sort: it is asked for growing parts of the past until a page is full. */
const SPANS = [HOUR, 24 * HOUR, 7 * 24 * HOUR, 30 * 24 * HOUR, Number.POSITIVE_INFINITY];
const KINDS = ['development', 'training'];

/** A page of jobs, the newest first. */
export function jobsRoute(desk: Desk): { readonly jobs: Handler<'jobs'> } {
  return {
    async jobs({ query }) {
      const cursor = query.cursor === undefined ? null : parseCursor(query.cursor);
      const states = query.state === undefined ? [] : statesOf(query.state, 'state');
      const entries =
        query.archived === 'true'
          ? await archivedEntries(desk, query, states, cursor)
          : await visibleEntries(desk, query, states, cursor);
      const page = entries.slice(0, query.limit);
      const last = page.at(-1);
      const more = entries.length > page.length && last !== undefined;
      return json(200, { jobs: page.map(itemOf), next_cursor: more ? cursorOf(last) : null });
    },
  };
}

async function visibleEntries(
  desk: Desk,
  query: JobsQuery,
  states: readonly string[],
  cursor: Cursor | null,
): Promise<JobEntry[]> {
  const own = await ownEntries(desk);
  const found = new Map<string, JobEntry>();
  const wanted = (entry: JobEntry): boolean => matches(entry, query, states) && isAfter(cursor, entry);
  for (const entry of own.values()) if (entry !== null && wanted(entry)) found.set(entry.jobId, entry);

  const end = cursor?.createdAt ?? Date.now() + 60_000;
  let to = end;
  for (const span of SPANS) {
    const from = Math.max(0, end - span);
    const window = { from, to, kinds: query.kind === undefined ? KINDS : [query.kind], states };
    const rows = await desk.gateway.list(window);
    for (const row of rows.sort((a, b) => Number(a.open) - Number(b.open))) {
      const entry = entryOfRow(row);
      if (!own.has(row.jobId) && wanted(entry)) found.set(row.jobId, entry);
    }
    if (found.size > query.limit || from === 0) break;
    to = from;
  }
  return [...found.values()].sort(newestFirst);
}

/** What this process has just touched, as the jobs themselves say; null: deleted. Visibility may not know yet. */
async function ownEntries(desk: Desk): Promise<Map<string, JobEntry | null>> {
  const looks = desk.recent.list().map(async (jobId) => {
    const facts = await desk.jobs.find(jobId);
    return [jobId, facts === null || facts === 'deleted' ? null : entryOfFacts(facts)] as const;
  });
  return new Map(await Promise.all(looks));
}

async function archivedEntries(
  desk: Desk,
  query: JobsQuery,
  states: readonly string[],
  cursor: Cursor | null,
): Promise<JobEntry[]> {
  const hub = await openHub(desk.settings.hubsDir, JOBS_HUB);
  const items = await listArchived(hub, {
    ...(cursor !== null && { before: cursor }),
    limit: Number.MAX_SAFE_INTEGER,
  });
  return items.map(entryOfArchived).filter((entry) => matches(entry, query, states));
}
