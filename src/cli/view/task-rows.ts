import { between, usdText } from './amounts.ts';
import { spread } from './frame.ts';
import { fit, oneLine, padEnd, padStart, width } from './text.ts';
import type { Frame } from './frame.ts';
import type { Placed } from './order.ts';
import type { WireTaskStatus } from '../../contract/status.ts';

/** The lines of one task: what it is, and below it what it does or why it failed. */
export interface TaskRows {
  readonly state: WireTaskStatus['state'];
  readonly head: string;
  /** Null when there is nothing to say. */
  readonly note: string | null;
}

/** Rows for every task; the branches are left out when `flat`, where lines between them may be missing. */
export function taskRows(
  placed: readonly Placed<WireTaskStatus>[],
  frame: Frame,
  { flat = false }: { flat?: boolean } = {},
): TaskRows[] {
  const ids = Math.max(0, ...placed.map(({ task }) => task.task_id.length));
  const columns = columnsOf(placed.map(({ task }) => task));
  return placed.map((one) => {
    const { task } = one;
    const { head, below } = flat ? { head: '', below: '' } : branches(one, frame);
    const right = rightOf(one, frame, columns, flat);
    const left = ` ${frame.paint.dim(head)}${signOf(task, frame)} ${padEnd(task.task_id, ids)}  `;
    const room = frame.width - width(left) - width(right) - (right === '' ? 0 : 2);
    const title = fit(oneLine(task.title), Math.max(8, room));
    const shown = task.state === 'pending' || task.state === 'cancelled' ? frame.paint.dim(title) : title;
    const note = noteOf(task, frame, width(left) - 1, ` ${below}`);
    return { state: task.state, head: spread(left + shown, right, frame.width), note };
  });
}

/** A task's state in one cell. */
export function signOf(task: WireTaskStatus, { paint, signs, beat }: Frame): string {
  switch (task.state) {
    case 'completed':
      return paint.green(signs.done);
    case 'failed':
      return paint.red(signs.failed);
    case 'cancelled':
      return paint.dim(signs.cancelled);
    case 'pending':
      return paint.dim(signs.pending);
    case 'running':
      return task.waiting_on === null
        ? paint.cyan(signs.running[beat % signs.running.length] ?? '')
        : paint.yellow(signs.waiting);
    default:
      return task.state satisfies never;
  }
}

interface Columns {
  readonly cost: number;
  readonly time: number;
}

const columnsOf = (tasks: readonly WireTaskStatus[]): Columns => ({
  cost: Math.max(5, ...tasks.map((task) => usdText(task.cost_usd).length)),
  time: 7,
});

/** What a task has cost and how long it took; while it has not begun, what it waits for. */
function rightOf(
  { task, under }: Placed<WireTaskStatus>,
  frame: Frame,
  columns: Columns,
  flat: boolean,
): string {
  const { paint } = frame;
  if (task.started_at === null) {
    const waits = task.state === 'pending' ? waitOf(task, flat ? null : under) : '';
    return paint.dim(fit(waits, Math.floor(frame.width / 3)));
  }
  const cost = padStart(usdText(task.cost_usd), columns.cost);
  const time = padStart(between(task.started_at, task.finished_at, frame.now), columns.time);
  const tries = task.attempt > 1 ? `try ${task.attempt}  ` : '';
  return `${paint.dim(tries)}${cost}  ${paint.dim(time)}`;
}

/** What a task waits for that the tree does not show already. */
function waitOf(task: WireTaskStatus, under: string | null): string {
  if (task.waiting_on === 'budget') return 'waits for money';
  if (task.waiting_on === 'assignment') return 'next';
  const others = task.depends_on.filter((id) => id !== under);
  if (others.length === 0) return '';
  return `${under === null ? '' : 'also '}after ${others.join(', ')}`;
}

function noteOf(task: WireTaskStatus, frame: Frame, indent: number, below: string): string | null {
  const { paint } = frame;
  const text = (said: string) => fit(said, frame.width - indent - 1);
  const start = paint.dim(padEnd(below, indent));
  if (task.state === 'failed' && task.error !== null)
    return `${start} ${paint.red(text(`${task.error.code}: ${oneLine(task.error.detail)}`))}`;
  if (task.state !== 'running') return null;
  const waits = WAITS[task.waiting_on ?? 'nothing'];
  if (waits !== undefined) {
    const until = task.next_action_at === null ? '' : `, again at ${clock(task.next_action_at)}`;
    return `${start} ${paint.yellow(text(`waits for ${waits}${until}`))}`;
  }
  if (task.activity === null) return `${start} ${paint.dim(text('begins'))}`;
  return `${start} ${paint.dim(text(`turn ${task.activity.turn} ${frame.signs.dot} ${oneLine(task.activity.text)}`))}`;
}

const WAITS: Readonly<Record<string, string>> = {
  budget: 'money: raise the budget',
  provider: 'the provider',
  answer: 'an answer',
  integration: 'its turn to merge',
};

/** A moment as the reader's clock shows it. */
export const clock = (at: string): string => new Date(at).toLocaleTimeString('en-GB');

/** Branches before a task and below it; levels beyond a quarter of the width are not drawn. */
function branches(
  { passes, isLast, depth }: Placed<WireTaskStatus>,
  { signs, width }: Frame,
): { head: string; below: string } {
  if (depth === 0) return { head: '', below: '' };
  const levels = passes.slice(1, 1 + Math.max(0, Math.floor(width / 12) - 1));
  const lead = levels.map((goesOn) => `${goesOn ? signs.pass : '  '} `).join('');
  return {
    head: `${lead}${isLast ? signs.last : signs.branch} `,
    below: `${lead}${isLast ? '  ' : signs.pass}`,
  };
}
