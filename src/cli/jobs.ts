import { columnsOf, paintFor, printLines } from './io.ts';
import { durationText, usdText } from './view/amounts.ts';
import { oneLine } from './view/text.ts';
import { openSession } from './client/session.ts';
import { printJson, wantsJson } from './invocation.ts';
import { stateText } from './view/tree.ts';
import { tableLines } from './view/table.ts';
import { Refusal } from './errors.ts';
import { repositoryRoot } from './git.ts';
import type { Invocation } from './invocation.ts';
import type { WireJobItem } from '../contract/jobs.ts';

export interface JobsOptions {
  readonly state?: string;
  readonly kind?: 'development' | 'training';
  readonly label?: string;
  readonly repository?: string;
  readonly here?: boolean;
  readonly archived?: boolean;
  readonly limit?: number;
  readonly cursor?: string;
}

/** Lists jobs, the newest first. */
export async function jobs(invocation: Invocation<JobsOptions>): Promise<number> {
  const { io, options } = invocation;
  const { client } = openSession(invocation);
  const { state, kind, label, limit, cursor } = options;
  const repository = options.here === true ? await repositoryRoot(io) : options.repository;
  if (repository === null) throw new Refusal(`${io.cwd} is in no git repository, so --here names none`);
  const fields = { state, kind, label, limit, cursor, repository };
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const page = await client.jobs({
    ...given,
    ...(options.archived === true ? { archived: 'true' as const } : {}),
  });
  if (wantsJson(options)) printJson(invocation, page);
  else if (page.jobs.length === 0) io.stderr.write('There is no such job. "tutti submit SPEC" starts one.\n');
  else printLines(io.stdout, jobLines(invocation, page.jobs));
  if (!wantsJson(options) && page.next_cursor !== null)
    io.stderr.write(`There are more: repeat it with --cursor ${page.next_cursor}\n`);
  return 0;
}

function jobLines({ io }: Invocation, items: readonly WireJobItem[]): string[] {
  const paint = paintFor(io, io.stdout);
  const now = Date.now();
  const rows = items.map((job) => [
    job.job_id,
    stateText(job, { paint }),
    job.progress.total === 0 ? '' : `${job.progress.completed}/${job.progress.total}`,
    `${usdText(job.budget.spent_usd)} of ${usdText(job.budget.limit_usd)}`,
    durationText(now - Date.parse(job.created_at)),
    oneLine(job.title),
  ]);
  return tableLines(COLUMNS, rows, { cells: columnsOf(io.stdout), paint });
}

const COLUMNS = [
  { name: 'job' },
  { name: 'state' },
  { name: 'tasks', align: 'right' },
  { name: 'spent', align: 'right' },
  { name: 'age', align: 'right' },
  { name: 'title', shrinks: true },
] as const;
