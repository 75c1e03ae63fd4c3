import * as fc from 'fast-check';
import { checkPlan } from '../../src/domain/plan-check.ts';
import type { PlanFrame } from '../../src/domain/plan-check.ts';
import type { DraftCheck, DraftTask, PlanDraft } from '../../src/domain/plan.ts';

const task = (taskId: string | null, more: Partial<DraftTask> = {}): DraftTask => ({
  taskId,
  title: 'Do it',
  instructions: 'Do it well.',
  dependsOn: [],
  files: [],
  checks: [],
  model: null,
  maxAttempts: null,
  estimate: null,
  ...more,
});

const check = (checkId: string, more: Partial<DraftCheck> = {}): DraftCheck => ({
  checkId,
  criterionId: null,
  kind: 'command',
  command: 'npm test',
  expectExit: null,
  timeoutSeconds: null,
  ...more,
});

const draft = (tasks: readonly DraftTask[], more: Partial<PlanDraft> = {}): PlanDraft => ({
  summary: 'A plan.',
  tasks,
  checks: [],
  setup: null,
  network: null,
  ...more,
});

const FRAME: PlanFrame = {
  revision: 3,
  source: 'model',
  baseSha: 'a'.repeat(40),
  criteria: ['It works', 'It is fast'],
  specChecks: [],
  setup: ['npm ci'],
  network: null,
  models: ['small', 'large'],
  estimateOf: () => 1_000,
};

const pointersOf = (of: PlanDraft, frame: PlanFrame = FRAME): string[] => {
  const checked = checkPlan(of, frame);
  return 'errors' in checked ? checked.errors.map((error) => error.pointer) : [];
};

function planOf(of: PlanDraft, frame: PlanFrame = FRAME) {
  const checked = checkPlan(of, frame);
  if ('errors' in checked) throw new Error(JSON.stringify(checked.errors));
  return checked.plan;
}

describe('a draft is refused, with a pointer to every fault,', () => {
  test.each<[string, PlanDraft, string[]]>([
    ['without tasks', draft([]), ['/tasks']],
    ['with 501 tasks', draft(Array.from({ length: 501 }, () => task(null))), ['/tasks']],
    ['with 10,000 tasks', draft(Array.from({ length: 10_000 }, () => task(null))), ['/tasks']],
    ['with the same id twice', draft([task('a'), task('b'), task('a')]), ['/tasks/2/task_id']],
    ['with an id that another has by its place', draft([task('t2'), task(null)]), ['/tasks/1/task_id']],
    ['with a blank title', draft([task('a'), task('b', { title: ' \n' })]), ['/tasks/1/title']],
    ['that depends on itself', draft([task('a', { dependsOn: ['a'] })]), ['/tasks/0/depends_on/0']],
    [
      'with an unknown dependency',
      draft([task('a'), task('b', { dependsOn: ['a', 'c'] })]),
      ['/tasks/1/depends_on/1'],
    ],
    [
      'that numbers a named task',
      draft([task('a'), task('b', { dependsOn: ['t1'] })]),
      ['/tasks/1/depends_on/0'],
    ],
    [
      'with a cycle of two',
      draft([task('a', { dependsOn: ['b'] }), task('b', { dependsOn: ['a'] })]),
      ['/tasks'],
    ],
    [
      'with an unknown check',
      draft([task('a', { checks: ['k1', 'k2'] })], { checks: [check('k1')] }),
      ['/tasks/0/checks/1'],
    ],
    ['with an unknown model', draft([task('a', { model: 'Large' })]), ['/tasks/0/model']],
    [
      'with paths that leave the repository',
      draft([task('a', { files: ['/etc/passwd', '../x', 'a/../../b', 'a..b', '..', 'src/**'] })]),
      ['/tasks/0/files/0', '/tasks/0/files/1', '/tasks/0/files/2', '/tasks/0/files/4'],
    ],
    ['with a blank path', draft([task('a', { files: ['src', ' '] })]), ['/tasks/0/files/1']],
    [
      'with the same check twice',
      draft([task('a')], { checks: [check('k'), check('k')] }),
      ['/checks/1/check_id'],
    ],
    [
      'with a check that has a name of ours',
      draft([task('a')], { checks: [check('spec1'), check('review-c1'), check('special')] }),
      ['/checks/0/check_id', '/checks/1/check_id'],
    ],
    [
      'with checks of unknown criteria',
      draft([task('a')], {
        checks: ['c3', 'c0', 'c01', '1', '', 'c1 ', '__proto__', 'c1', null].map((criterionId, n) =>
          check(`k${n}`, { criterionId }),
        ),
      }),
      [0, 1, 2, 3, 4, 5, 6].map((n) => `/checks/${n}/criterion_id`),
    ],
    [
      'with a blank command',
      draft([task('a')], { checks: [check('k', { command: '\t' })] }),
      ['/checks/0/command'],
    ],
    [
      'with names of prototypes that nobody has',
      draft([task('a', { dependsOn: ['__proto__'], checks: ['toString'], model: 'constructor' })]),
      ['/tasks/0/depends_on/0', '/tasks/0/checks/0', '/tasks/0/model'],
    ],
  ])('%s', (_, given, pointers) => {
    expect(pointersOf(given)).toEqual(pointers);
  });

  test('and one with a cycle names what waits for it, and nothing before it', () => {
    const checked = checkPlan(
      draft([
        task('first'),
        task('a', { dependsOn: ['first', 'c'] }),
        task('b', { dependsOn: ['a'] }),
        task('c', { dependsOn: ['b'] }),
        task('after', { dependsOn: ['c'] }),
      ]),
      FRAME,
    );
    expect(checked).toEqual({
      errors: [{ pointer: '/tasks', detail: 'tasks wait for each other in a cycle: a, b, c, after' }],
    });
  });
});

describe('a plan', () => {
  test('has tasks t1, t2 … in order, whatever their names were, and their dependencies with them', () => {
    const plan = planOf(
      draft([
        task('__proto__', { dependsOn: ['constructor', 'constructor', 't9'] }),
        task('constructor', { estimate: 5, model: 'large', maxAttempts: 2 }),
        task('t9', { dependsOn: ['constructor'] }),
        task(null, { dependsOn: ['__proto__'] }),
      ]),
    );
    expect(plan.tasks.map(({ taskId, dependsOn, estimate }) => ({ taskId, dependsOn, estimate }))).toEqual([
      { taskId: 't1', dependsOn: ['t2', 't3'], estimate: 1_000 },
      { taskId: 't2', dependsOn: [], estimate: 5 },
      { taskId: 't3', dependsOn: ['t2'], estimate: 1_000 },
      { taskId: 't4', dependsOn: ['t1'], estimate: 1_000 },
    ]);
    expect(plan.tasks[1]).toMatchObject({ model: 'large', maxAttempts: 2 });
    expect(plan.estimate).toEqual({ low: 751, high: 3_005 });
    expect([plan.revision, plan.source, plan.baseSha]).toEqual([3, 'model', FRAME.baseSha]);
  });

  test('is made of any draft without a cycle, with the same edges', () => {
    const shape = fc
      .array(fc.array(fc.nat(30), { maxLength: 4 }), { minLength: 1, maxLength: 30 })
      .chain((rows) =>
        fc.record({
          edges: fc.constant(rows.map((row, index) => row.filter((to) => to < index))),
          order: fc.shuffledSubarray(
            rows.map((_, index) => index),
            { minLength: rows.length },
          ),
        }),
      );
    fc.assert(
      fc.property(shape, ({ edges, order }) => {
        const named = order.map((n) => task(`n${n}`, { dependsOn: (edges[n] ?? []).map((to) => `n${to}`) }));
        const { tasks } = planOf(draft(named));
        tasks.forEach((made, place) => {
          const expected = new Set(
            (edges[order[place] as number] ?? []).map((to) => `t${order.indexOf(to) + 1}`),
          );
          expect(new Set(made.dependsOn)).toEqual(expected);
          expect(made.dependsOn).toHaveLength(expected.size);
          expect(made.taskId).toBe(`t${place + 1}`);
        });
        const back = tasks.map((made) => task(made.taskId, made));
        const first = back[0] as DraftTask;
        const last = back.at(-1) as DraftTask;
        const loop = [{ ...first, dependsOn: [last.taskId as string] }, ...back.slice(1)].map((one) =>
          one.taskId === last.taskId ? { ...one, dependsOn: [first.taskId as string] } : one,
        );
        expect(pointersOf(draft(loop)).length).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });

  test('checks what the spec checks, and has a review and a warning where no command tells', () => {
    const plan = planOf(
      draft([task('a', { checks: ['k1'] })], {
        checks: [check('k1', { criterionId: 'c1', expectExit: 2 }), check('k2', { timeoutSeconds: 5 })],
      }),
      { ...FRAME, specChecks: ['make', 'make lint'] },
    );
    expect(plan.checks).toEqual([
      { ...check('k1'), criterionId: 'c1', expectExit: 2, timeoutSeconds: 600, origin: 'plan' },
      { ...check('k2'), expectExit: 0, timeoutSeconds: 5, origin: 'plan' },
      { ...check('spec1'), command: 'make', expectExit: 0, timeoutSeconds: 600, origin: 'spec' },
      { ...check('spec2'), command: 'make lint', expectExit: 0, timeoutSeconds: 600, origin: 'spec' },
      {
        checkId: 'review-c2',
        criterionId: 'c2',
        kind: 'review',
        command: 'It is fast',
        expectExit: 0,
        timeoutSeconds: 600,
        origin: 'plan',
      },
    ]);
    expect(plan.warnings).toEqual([expect.stringMatching(/^No command checks c2 \("It is fast"\)/)]);
  });

  test('keeps a review of its own and still warns', () => {
    const { checks, warnings } = planOf(
      draft([task('a')], { checks: [check('r', { kind: 'review', criterionId: 'c1', command: 'Look.' })] }),
      { ...FRAME, criteria: ['It works'] },
    );
    expect(checks.map((one) => one.checkId)).toEqual(['r']);
    expect(warnings).toHaveLength(1);
  });

  test("takes its setup before the frame's, but the network from the spec first", () => {
    const given = draft([task('a')], { setup: [], network: 'all' });
    expect(planOf(given)).toMatchObject({ setup: [], network: 'all' });
    expect(planOf(given, { ...FRAME, network: 'none' })).toMatchObject({ network: 'none' });
    expect(planOf(draft([task('a')]))).toMatchObject({ setup: ['npm ci'], network: 'none' });
  });

  test('of five hundred tasks in one chain is judged at once', () => {
    const chain = Array.from({ length: 500 }, (_, n) => task(null, { dependsOn: n === 0 ? [] : [`t${n}`] }));
    const began = performance.now();
    expect(planOf(draft(chain)).tasks).toHaveLength(500);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
