import { placeOf } from '../domain/job/record.ts';
import { progressOf } from '../domain/job/summary.ts';
import { budgetToWire, wireState } from '../contract/to-wire.ts';
import { iso } from '../contract/iso.ts';
import type { JobSummary } from '../domain/job/record.ts';
import type { JobStateName } from '../domain/job/state.ts';
import type { WireBudget, WireProgress } from '../contract/fields.ts';
import type { JobsQuery, WireJobItem } from '../contract/jobs.ts';
import type { ArchivedItem } from '../store/archive.ts';
import type { JobRow } from './gateway.ts';
import type { JobFacts } from './jobs.ts';

/** A job of the list, wherever it was found. */
export interface JobEntry extends Omit<JobSummary, 'source'> {
  readonly jobId: string;
  readonly createdAt: number;
  /** Path or url of the source. */
  readonly repository: string | null;
}

const NOTHING = {
  title: '',
  repository: null,
  labels: {},
  progress: { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0, total: 0 },
  budget: { limit_usd: 0, spent_usd: 0, reserved_usd: 0, remaining_usd: 0 },
};

export const entryOfRow = ({ memo, jobId, kind, createdAt, state }: JobRow): JobEntry => ({
  ...NOTHING,
  ...memo,
  jobId,
  kind,
  createdAt,
  state: state as JobStateName,
});

export const entryOfFacts = ({ view }: JobFacts): JobEntry => ({
  jobId: view.jobId,
  kind: 'development',
  createdAt: view.createdAt,
  title: view.header.title,
  state: wireState(view),
  repository: placeOf(view.header.source),
  labels: view.header.labels,
  progress: progressOf(view.tasks),
  budget: budgetToWire(view.ledger),
});

export function entryOfArchived({ jobId, createdAt, summary }: ArchivedItem): JobEntry {
  const { source, ...rest } = summary as JobSummary;
  return { ...rest, jobId, createdAt, repository: placeOf(source) };
}

/** Whether an entry is what the query asks for. */
export function matches(entry: JobEntry, query: JobsQuery, states: readonly string[]): boolean {
  if (states.length > 0 && !states.includes(entry.state)) return false;
  if (query.kind !== undefined && entry.kind !== query.kind) return false;
  if (query.repository !== undefined && entry.repository !== query.repository) return false;
  if (query.label === undefined) return true;
  const [, key = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(query.label) ?? [];
  return Object.hasOwn(entry.labels, key) && (value === undefined || entry.labels[key] === value);
}

export const itemOf = (entry: JobEntry): WireJobItem => ({
  job_id: entry.jobId,
  title: entry.title,
  kind: entry.kind as WireJobItem['kind'],
  state: entry.state,
  progress: entry.progress as WireProgress,
  budget: entry.budget as WireBudget,
  created_at: iso(entry.createdAt),
});
