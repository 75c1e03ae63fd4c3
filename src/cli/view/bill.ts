import { between, count, usdText } from './amounts.ts';
import { signOf } from './task-rows.ts';
import { stateText } from './tree.ts';
import { fit, hanging, oneLine, padEnd, padStart } from './text.ts';
import type { Frame } from './frame.ts';
import type { WireStatus } from '../../contract/status.ts';

type BillFrame = Omit<Frame, 'beat'>;
type Criterion = WireStatus['criteria'][number];

/** What a finished job has cost and proved, and where its result is. */
export function billLines(status: WireStatus, frame: BillFrame): string[] {
  return [
    ...headLines(status, frame),
    '',
    ...moneyLines(status, frame),
    ...criteriaLines(status.criteria, frame),
    ...resultLines(status, frame),
  ];
}

function headLines(status: WireStatus, frame: BillFrame): string[] {
  const { completed, failed, total } = status.progress;
  const facts = [
    stateText(status, frame),
    ...(total > 0
      ? [`${completed} of ${count(total, 'task')}${failed > 0 ? `, ${failed} failed` : ''}`]
      : []),
    between(status.created_at, status.finished_at, frame.now),
    status.job_id,
  ];
  return [
    ` ${frame.paint.bold(fit(oneLine(status.title), frame.width - 1))}`,
    ` ${facts.join(` ${frame.signs.dot} `)}`,
    ...(status.reason === null ? [] : hanging(' ', oneLine(status.reason), frame.width)),
  ];
}

function moneyLines({ budget, tasks }: WireStatus, frame: BillFrame): string[] {
  const { width, paint } = frame;
  const byTasks = tasks.reduce((sum, task) => sum + task.cost_usd, 0);
  const rest = Math.max(0, Math.round((budget.spent_usd - byTasks) * 1e6) / 1e6);
  const rows = [
    ...(rest > 0 ? [{ sign: ' ', id: 'plan', title: 'Planning', usd: rest, note: '' }] : []),
    ...tasks.map((task) => ({
      sign: signOf(task, { ...frame, beat: 0 }),
      id: task.task_id,
      title: oneLine(task.title),
      usd: task.cost_usd,
      note: count(task.turns, 'turn'),
    })),
  ];
  const ids = Math.max(0, ...rows.map(({ id }) => id.length));
  const amounts = Math.max(0, ...rows.map(({ usd }) => usdText(usd).length));
  const notes = Math.max(0, ...rows.map(({ note }) => note.length));
  const titles = Math.max(8, Math.min(width - ids - amounts - notes - 12, 60));
  return [
    ` ${paint.bold('Spent')} ${usdText(budget.spent_usd)} of ${usdText(budget.limit_usd)}`,
    ...rows.map(({ sign, id, title, usd, note }) =>
      `   ${sign} ${padEnd(id, ids)}  ${padEnd(fit(title, titles), titles)}  ${padStart(usdText(usd), amounts)}  ${paint.dim(padStart(note, notes))}`.trimEnd(),
    ),
  ];
}

/** What was to be true, and what is known of it. */
export function criteriaLines(criteria: readonly Criterion[], { width, paint, signs }: BillFrame): string[] {
  if (criteria.length === 0) return [];
  const shown = ['met', 'failed', 'unverifiable', 'waived', 'open'] as const;
  const counts = shown.flatMap((state) => {
    const amount = criteria.filter((one) => one.state === state).length;
    return amount === 0 ? [] : [`${amount} ${state === 'open' ? 'not checked' : state}`];
  });
  const marks: Record<Criterion['state'], string> = {
    met: paint.green(signs.done),
    failed: paint.red(signs.failed),
    unverifiable: paint.yellow(signs.unknown),
    waived: paint.dim(signs.cancelled),
    open: paint.dim(signs.pending),
  };
  return [
    '',
    ` ${paint.bold('Criteria')} ${counts.join(', ')}`,
    ...criteria.map((one) => {
      const why = one.state === 'unverifiable' ? '  no command proves it' : '';
      const text = fit(oneLine(one.text), Math.max(10, width - 5 - why.length));
      return `   ${marks[one.state]} ${text}${paint.dim(why)}`;
    }),
  ];
}

/** Where the result is, how to look at it, and how to undo it. */
function resultLines({ delivery, job_id, repository, base_sha }: WireStatus, frame: BillFrame): string[] {
  const { paint, width } = frame;
  const { branch, state, reason } = delivery;
  const where = repository.path === null ? '' : ` in ${repository.path}`;
  const row = (name: string, command: string) => `   ${paint.dim(padEnd(name, 5))} ${command}`;
  const why = reason === null ? '' : `: ${oneLine(reason)}`;
  if (state === 'none') return ['', ` ${paint.dim('Nothing was merged; no branch was made.')}`];
  const { head, take } = {
    delivered: { head: `${branch}${where}`, take: row('take', `git merge ${branch}`) },
    held: {
      head: `${branch}${where} was left as it is${why}`,
      take: row('get', `tutti diff ${job_id} > job.diff`),
    },
    kept: { head: `${branch} is kept by the server${why}`, take: row('get', `tutti fetch ${job_id}`) },
  }[state];
  return [
    '',
    ...hanging(` ${paint.bold('Branch')} `, oneLine(head), width),
    row(
      'look',
      state === 'delivered' ? `git log -p ${base_sha.slice(0, 10)}..${branch}` : `tutti diff ${job_id}`,
    ),
    take,
    ...(state === 'delivered' ? [row('undo', `git branch -D ${branch}`)] : []),
  ];
}
