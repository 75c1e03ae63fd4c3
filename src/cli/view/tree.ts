import { between, count, usdText } from './amounts.ts';
import { spread } from './frame.ts';
import { progressBar } from './progress-bar.ts';
import { clock, taskRows } from './task-rows.ts';
import { treeOf } from './order.ts';
import { fit, oneLine, width } from './text.ts';
import type { Frame } from './frame.ts';
import type { TaskRows } from './task-rows.ts';
import type { WireStatus } from '../../contract/status.ts';

/** A job as the screen shows it: its head, a tree of its tasks, and what it waits for. Never more than fits. */
export function treeLines(status: WireStatus, frame: Frame, footer: readonly string[] = []): string[] {
  const head = headLines(status, frame);
  const foot = [
    ...footLines(status, frame),
    ...footer.map((line) => frame.paint.dim(fit(line, frame.width))),
  ];
  const gap = status.tasks.length > 0 ? 1 : 0;
  const room = frame.height - head.length - foot.length - gap - (foot.length > 0 ? 1 : 0);
  const tasks = tasksWithin(status, frame, room);
  const lines = [
    ...head,
    ...(tasks.length > 0 ? ['', ...tasks] : []),
    ...(foot.length > 0 ? ['', ...foot] : []),
  ];
  return lines.slice(0, Math.max(1, frame.height));
}

function headLines(status: WireStatus, frame: Frame): string[] {
  const { paint, signs } = frame;
  const state = stateText(status, frame);
  const right = `${paint.dim(status.job_id)}  ${state}`;
  const title = paint.bold(fit(oneLine(status.title), frame.width - width(right) - 3));
  const elapsed = between(status.created_at, status.finished_at, frame.now);
  const { limit_usd, spent_usd } = status.budget;
  const money = `${usdText(spent_usd)} of ${usdText(limit_usd)}`;
  const { completed, total } = status.progress;
  const numbers = `${total === 0 ? '' : `${completed}/${total} tasks ${signs.dot} `}${money} ${signs.dot} ${elapsed}`;
  const cells = frame.width - width(numbers) - 3;
  const bar = cells >= 8 ? progressBar(status.progress, cells, frame) : '';
  return [
    ` ${spread(title, right, frame.width - 1)}`,
    ` ${bar === '' ? fit(numbers, frame.width - 1) : `${bar}  ${numbers}`}`,
  ];
}

export function stateText({ state }: Pick<WireStatus, 'state'>, { paint }: Pick<Frame, 'paint'>): string {
  const text = state.replaceAll('_', ' ');
  if (state === 'completed') return paint.green(text);
  if (state === 'failed' || state === 'completed_with_failures') return paint.red(text);
  if (state === 'awaiting_approval' || state === 'needs_attention') return paint.yellow(text);
  return state === 'cancelled' || state === 'rejected' ? paint.dim(text) : paint.cyan(text);
}

function footLines(status: WireStatus, frame: Frame): string[] {
  const { paint, signs, beat } = frame;
  const lines = (text: string) => [` ${fit(text, frame.width - 1)}`];
  if (status.state === 'planning') {
    const spin = signs.running[beat % signs.running.length] ?? '';
    const said = status.activity;
    const doing =
      said === null ? 'the planner begins' : `planner, turn ${said.turn} ${signs.dot} ${oneLine(said.text)}`;
    return [` ${paint.cyan(spin)} ${fit(doing, frame.width - 4)}`];
  }
  if (status.waiting_on === null) return status.reason === null ? [] : lines(oneLine(status.reason));
  return nextSteps(status).map((text) => paint.yellow(` ${fit(text, frame.width - 1)}`));
}

/** What a person can do for a job that waits for one; `yes` where nobody can be asked whether they are sure. */
export function nextSteps(
  { job_id, waiting_on, next_action_at, tasks }: WireStatus,
  { yes = '' }: { yes?: '' | ' --yes' } = {},
): string[] {
  const [failed, ...others] = tasks.filter((task) => task.state === 'failed').map((task) => task.task_id);
  switch (waiting_on) {
    case 'approval':
      return [`The plan waits: tutti approve ${job_id}${yes}, or tutti reject ${job_id}`];
    case 'budget':
      return [`The money is used up: tutti budget ${job_id} --add 2`];
    case 'provider':
      return [`The provider refuses more${next_action_at === null ? '' : ` until ${clock(next_action_at)}`}`];
    case 'environment':
    case 'person':
      return failed === undefined
        ? [`A person must decide: tutti status ${job_id}`]
        : [
            `${count(others.length + 1, 'task')} failed: tutti retry ${job_id} ${failed}, or tutti close ${job_id}${yes}`,
          ];
    default:
      return waiting_on === null ? [] : [`Waits for: ${waiting_on}`];
  }
}

/** The tree where it fits; else a flat list in which what is over and what is far away is only counted. */
function tasksWithin(status: WireStatus, frame: Frame, room: number): string[] {
  const placed = treeOf(status.tasks);
  const whole = taskRows(placed, frame).flatMap(({ head, note }) => (note === null ? [head] : [head, note]));
  if (whole.length <= room) return whole;
  const rows = taskRows(placed, frame, { flat: true });
  return FOLDS.map((fold) => fold(rows, frame, room)).find((lines) => lines.length <= room) ?? [];
}

type Fold = (rows: readonly TaskRows[], frame: Frame, room: number) => string[];

const FOLDS: readonly Fold[] = [
  (rows, frame) => folded(rows, frame, { pending: Infinity, notes: true }),
  (rows, frame) => folded(rows, frame, { pending: 3, notes: true }),
  (rows, frame) => folded(rows, frame, { pending: 0, notes: true }),
  (rows, frame) => folded(rows, frame, { pending: 0, notes: false }),
  (rows, frame, room) => {
    const lines = folded(rows, frame, { pending: 0, notes: false });
    if (room < 1) return [];
    return [...lines.slice(0, room - 1), frame.paint.dim(`   and ${lines.length - room + 1} more`)];
  },
];

function folded(
  rows: readonly TaskRows[],
  { paint, signs }: Frame,
  { pending, notes }: { pending: number; notes: boolean },
): string[] {
  const busy = rows.filter(({ state }) => state === 'running' || state === 'failed');
  const next = rows.filter(({ state }) => state === 'pending');
  const over = rows.length - busy.length - next.length;
  const later = Math.max(0, next.length - pending);
  const shown = [...busy, ...next.slice(0, next.length - later)];
  return [
    ...(over > 0 ? [` ${paint.green(signs.done)} ${paint.dim(`${over} finished`)}`] : []),
    ...shown.flatMap(({ head, note }) => (note === null || !notes ? [head] : [head, note])),
    ...(later > 0 ? [paint.dim(` ${signs.pending} ${laterText(later, shown.length > 0)}`)] : []),
  ];
}

const laterText = (amount: number, more: boolean): string =>
  `${amount} ${more ? 'more ' : ''}${amount === 1 ? 'waits' : 'wait'}`;
