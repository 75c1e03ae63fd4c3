import { count, usdText } from './amounts.ts';
import { spread } from './frame.ts';
import { fit, hanging, oneLine, block, padEnd, width, wrap } from './text.ts';
import type { Frame } from './frame.ts';
import type { WirePlan, WireTask } from '../../contract/plan.ts';

export interface PlanViewOptions {
  /** The whole of each task's instructions instead of their beginning. */
  readonly full?: boolean;
  readonly limitUsd?: number;
}

type PlanFrame = Pick<Frame, 'width' | 'paint' | 'signs'>;

/** What a reviewer reads: tasks with their order, files and checks, how it is verified, what it may cost. */
export function planLines(plan: WirePlan, frame: PlanFrame, options: PlanViewOptions = {}): string[] {
  const { paint } = frame;
  return [
    ` ${paint.bold(`Plan ${plan.revision}`)}  ${paint.dim(asManyAsFit(factsOf(plan, options), frame))}`,
    ...indented(block(plan.summary), 1, frame),
    '',
    ...plan.tasks.flatMap((task) => taskLines(task, plan, frame, options.full === true)),
    ...section('Checks', checkLines(plan, frame), frame),
    ...section(
      'Setup, once before the first task (needs network)',
      plan.setup.map((command) => `   ${fit(oneLine(command), frame.width - 3)}`),
      frame,
    ),
    ...(plan.network === 'all' ? section('Network', ['   tasks may use the network'], frame) : []),
    ...section(
      'Warnings',
      plan.warnings.flatMap((text) =>
        hanging(paint.yellow(` ${frame.signs.warning} `), oneLine(text), frame.width),
      ),
      frame,
    ),
  ];
}

/** The last ones are left out where the line is too narrow. */
function asManyAsFit(facts: readonly string[], frame: PlanFrame): string {
  const text = facts.join(` ${frame.signs.dot} `);
  return width(text) + 10 > frame.width && facts.length > 1 ? asManyAsFit(facts.slice(0, -1), frame) : text;
}

function factsOf(plan: WirePlan, { limitUsd }: PlanViewOptions): string[] {
  const { low, high } = plan.estimate_usd;
  const source = { model: 'made by a model', outline: "the spec's own tasks", given: 'given with the spec' };
  const of = limitUsd === undefined ? '' : ` of ${usdText(limitUsd)}`;
  const estimate = high === 0 ? 'costs nothing' : `about ${usdText(low)} to ${usdText(high)}${of}`;
  return [
    count(plan.tasks.length, 'task'),
    estimate,
    source[plan.source],
    `on ${plan.base_sha.slice(0, 10)}`,
  ];
}

function taskLines(task: WireTask, plan: WirePlan, frame: PlanFrame, full: boolean): string[] {
  const { paint } = frame;
  const ids = Math.max(...plan.tasks.map(({ task_id }) => task_id.length));
  const indent = ids + 3;
  const after = task.depends_on.length === 0 ? '' : `after ${task.depends_on.join(', ')}`;
  const right = paint.dim(fit(after, Math.floor(frame.width / 3)));
  const title = fit(oneLine(task.title), frame.width - indent - width(right) - 2);
  const head = spread(` ${paint.cyan(padEnd(task.task_id, ids))}  ${paint.bold(title)}`, right, frame.width);
  const facts = [
    ...(task.files.length > 0 ? [`files ${task.files.map(oneLine).join(', ')}`] : []),
    ...(task.checks.length > 0 ? [`checks ${task.checks.join(', ')}`] : []),
    ...(task.max_attempts > 1 ? [`${task.max_attempts} attempts`] : []),
  ];
  const instructions = instructionLines(task, indent, frame, full);
  return [head, ...instructions, ...facts.map((fact) => factLine(fact, indent, frame))];
}

function instructionLines(task: WireTask, indent: number, frame: PlanFrame, full: boolean): string[] {
  const text = block(task.instructions).trim();
  const rest = text.startsWith(task.title) ? text.slice(task.title.length).trim() : text;
  if (rest === '') return [];
  if (full) return indented(rest, indent, frame);
  const lines = wrap(rest, frame.width - indent).filter((line) => !/^\s*(```|~~~|$)/.test(line));
  const more = lines.length > SHOWN ? ' …' : '';
  const shown = lines.slice(0, SHOWN);
  return shown.map((line, at) => {
    const text = at === SHOWN - 1 ? fit(line + more, frame.width - indent) : line;
    return ' '.repeat(indent) + frame.paint.dim(text);
  });
}

/** Lines of a task's instructions in a plan that is not shown in full. */
const SHOWN = 3;

const factLine = (fact: string, indent: number, { paint, width: cells }: PlanFrame): string =>
  ' '.repeat(indent) + paint.dim(fit(fact, cells - indent));

function checkLines(plan: WirePlan, frame: PlanFrame): string[] {
  const ids = Math.max(0, ...plan.checks.map(({ check_id }) => check_id.length));
  return plan.checks.flatMap((check) => {
    const proves = check.criterion_id === null ? '' : ` (${check.criterion_id})`;
    const says = oneLine(check.command);
    const text = check.kind === 'review' ? `no command proves it: ${says}` : says;
    const expects = check.expect_exit === 0 ? '' : `, exit ${check.expect_exit}`;
    return hanging(` ${padEnd(check.check_id, ids)}  `, `${text}${expects}${proves}`, frame.width);
  });
}

const section = (title: string, lines: readonly string[], { paint }: PlanFrame): string[] =>
  lines.length === 0 ? [] : ['', ` ${paint.bold(title)}`, ...lines];

const indented = (text: string, indent: number, { width: cells }: PlanFrame): string[] =>
  text === '' ? [] : wrap(text, cells - indent).map((line) => ' '.repeat(indent) + line);
