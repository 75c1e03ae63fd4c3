import { MAX_CLAIMS, MAX_TASKS } from './plan.ts';
import type { Check, Criterion, DraftTask, Plan, PlanDraft, Task } from './plan.ts';
import type { FieldError } from './errors.ts';
import type { Network } from './spec.ts';
import type { MicroUsd } from './money.ts';

/** What a draft is checked against and completed with. */
export interface PlanFrame {
  readonly revision: number;
  readonly source: Plan['source'];
  readonly baseSha: string;
  readonly criteria: readonly string[];
  /** Commands of the spec: each becomes a check of its own. */
  readonly specChecks: readonly string[];
  readonly setup: readonly string[];
  readonly network: Network | null;
  /** Models that a task may name. */
  readonly models: readonly string[];
  /** What a task without an estimate is taken to cost. */
  readonly estimateOf: (task: DraftTask) => MicroUsd;
}

/**
 * A plan that can be carried out, or every reason why the draft cannot be: unique ids, known dependencies, no
 * cycle, checks that name known criteria. Pointers are into the draft.
 */
export function checkPlan(draft: PlanDraft, frame: PlanFrame): { plan: Plan } | { errors: FieldError[] } {
  if (draft.tasks.length === 0)
    return { errors: [{ pointer: '/tasks', detail: 'a plan needs at least one task' }] };
  if (draft.tasks.length > MAX_TASKS)
    return {
      errors: [
        { pointer: '/tasks', detail: `${draft.tasks.length} tasks, at most ${MAX_TASKS} are allowed` },
      ],
    };
  const names = draft.tasks.map((task, index) => task.taskId ?? `t${index + 1}`);
  const errors = [...taskErrors(draft, names, frame.models), ...checkErrors(draft, frame.criteria.length)];
  if (errors.length === 0) errors.push(...cycleErrors(draft, names));
  return errors.length > 0 ? { errors } : { plan: complete(draft, names, frame) };
}

function taskErrors(draft: PlanDraft, names: readonly string[], models: readonly string[]): FieldError[] {
  const errors: FieldError[] = [];
  const known = new Set(names);
  const checks = new Set(draft.checks.map((check) => check.checkId));
  const claimed = draft.tasks.reduce((sum, task) => sum + task.files.join('').length, 0);
  if (claimed > MAX_CLAIMS.together)
    errors.push({
      pointer: '/tasks',
      detail: `claims of ${claimed} characters, at most ${MAX_CLAIMS.together} together`,
    });
  draft.tasks.forEach((task, index) => {
    const name = names[index] as string;
    const at = `/tasks/${index}`;
    if (names.indexOf(name) !== index)
      errors.push({ pointer: `${at}/task_id`, detail: `"${name}" is used twice` });
    if (task.title.trim() === '') errors.push({ pointer: `${at}/title`, detail: 'is blank' });
    task.dependsOn.forEach((id, n) => {
      if (id === name) errors.push({ pointer: `${at}/depends_on/${n}`, detail: `"${id}" depends on itself` });
      else if (!known.has(id))
        errors.push({ pointer: `${at}/depends_on/${n}`, detail: `"${id}" is not a task of this plan` });
    });
    task.checks.forEach((id, n) => {
      if (!checks.has(id))
        errors.push({ pointer: `${at}/checks/${n}`, detail: `"${id}" is not a check of this plan` });
    });
    if (task.model !== null && !models.includes(task.model))
      errors.push({
        pointer: `${at}/model`,
        detail: `"${task.model}" is not one of this job's models: ${models.join(', ')}`,
      });
    if (task.files.length > MAX_CLAIMS.perTask)
      errors.push({
        pointer: `${at}/files`,
        detail: `${task.files.length} globs, at most ${MAX_CLAIMS.perTask} are allowed`,
      });
    task.files.forEach((glob, n) => {
      if (glob.length > MAX_CLAIMS.length)
        errors.push({ pointer: `${at}/files/${n}`, detail: `has more than ${MAX_CLAIMS.length} characters` });
      if (glob.trim() === '') errors.push({ pointer: `${at}/files/${n}`, detail: 'is blank' });
      if (glob.startsWith('/') || glob.split('/').includes('..'))
        errors.push({ pointer: `${at}/files/${n}`, detail: `"${glob}" leaves the repository` });
    });
  });
  return errors;
}

function checkErrors(draft: PlanDraft, criteria: number): FieldError[] {
  const errors: FieldError[] = [];
  const names = draft.checks.map((check) => check.checkId);
  draft.checks.forEach((check, index) => {
    const at = `/checks/${index}`;
    if (names.indexOf(check.checkId) !== index)
      errors.push({ pointer: `${at}/check_id`, detail: `"${check.checkId}" is used twice` });
    if (/^(spec\d+$|review-)/.test(check.checkId))
      errors.push({
        pointer: `${at}/check_id`,
        detail: `"${check.checkId}" is a name that Tutti gives itself`,
      });
    const number = /^c([1-9]\d*)$/.exec(check.criterionId ?? '')?.[1];
    if (check.criterionId !== null && (number === undefined || Number(number) > criteria))
      errors.push({
        pointer: `${at}/criterion_id`,
        detail: `"${check.criterionId}" is not a criterion: the spec has ${criteria === 0 ? 'none' : `${criteria}, named c1 to c${criteria}`}`,
      });
    if (check.command.trim() === '') errors.push({ pointer: `${at}/command`, detail: 'is blank' });
  });
  return errors;
}

/** Kahn's algorithm: what is left when no task without open dependencies remains lies on or behind a cycle. */
function cycleErrors(draft: PlanDraft, names: readonly string[]): FieldError[] {
  let left = draft.tasks.map((task, index) => ({ name: names[index] as string, dependsOn: task.dependsOn }));
  for (;;) {
    const open = new Set(left.map((task) => task.name));
    const blocked = left.filter((task) => task.dependsOn.some((id) => open.has(id)));
    if (blocked.length === 0) return [];
    if (blocked.length === left.length)
      return [
        {
          pointer: '/tasks',
          detail: `tasks wait for each other in a cycle: ${left.map((task) => task.name).join(', ')}`,
        },
      ];
    left = blocked;
  }
}

function complete(draft: PlanDraft, names: readonly string[], frame: PlanFrame): Plan {
  const idOf = new Map(names.map((name, index) => [name, `t${index + 1}`]));
  const tasks = draft.tasks.map((task, index): Task => ({
    ...task,
    taskId: `t${index + 1}`,
    dependsOn: [...new Set(task.dependsOn)].map((name) => idOf.get(name) as string),
    estimate: task.estimate ?? frame.estimateOf(task),
  }));
  const criteria = frame.criteria.map((text, index): Criterion => ({ criterionId: `c${index + 1}`, text }));
  const checks: Check[] = draft.checks.map((check) => ({
    ...check,
    expectExit: check.expectExit ?? 0,
    timeoutSeconds: check.timeoutSeconds ?? 600,
    origin: 'plan',
  }));
  frame.specChecks.forEach((command, index) =>
    checks.push({ ...SPEC_CHECK, checkId: `spec${index + 1}`, command, criterionId: null }),
  );
  const uncovered = criteria.filter(
    (criterion) =>
      !checks.some((check) => check.kind === 'command' && check.criterionId === criterion.criterionId),
  );
  for (const { criterionId, text } of uncovered)
    if (!checks.some((check) => check.criterionId === criterionId))
      checks.push({ ...REVIEW_CHECK, checkId: `review-${criterionId}`, command: text, criterionId });
  const high = tasks.reduce((sum, task) => sum + (task.estimate ?? 0), 0);
  return {
    revision: frame.revision,
    source: frame.source,
    summary: draft.summary,
    baseSha: frame.baseSha,
    tasks,
    checks,
    criteria,
    setup: draft.setup ?? frame.setup,
    network: frame.network ?? draft.network ?? 'none',
    estimate: { low: Math.floor(high / 4), high },
    warnings: uncovered.map(
      ({ criterionId, text }) =>
        `No command checks ${criterionId} ("${text}"): it can only be judged by a review.`,
    ),
  };
}

const SPEC_CHECK = { kind: 'command', expectExit: 0, timeoutSeconds: 600, origin: 'spec' } as const;
const REVIEW_CHECK = { kind: 'review', expectExit: 0, timeoutSeconds: 600, origin: 'plan' } as const;
