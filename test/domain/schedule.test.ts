import * as fc from 'fast-check';
import { claimsOverlap } from '../../src/domain/claims.ts';
import { canStillRun, readyTasks } from '../../src/domain/schedule.ts';
import { hold } from './hold.ts';
import type { Schedulable } from '../../src/domain/schedule.ts';

const STATES = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;
const FILES = [[], ['a'], ['b'], ['a', 'c/**'], ['c/x'], ['*']];
const parallel = fc.integer({ min: 1, max: 6 });

/** Tasks in any order whose dependencies point at earlier ones. */
const tasksOf = (states: readonly Schedulable['state'][], files: readonly string[][], most = 14) =>
  fc
    .array(
      fc.record({
        before: fc.array(fc.nat(most), { maxLength: 3 }),
        files: fc.constantFrom(...files),
        estimate: fc.oneof(fc.constant(null), fc.nat(30)),
        state: fc.constantFrom(...states),
      }),
      { minLength: 1, maxLength: most },
    )
    .chain((rows) => {
      const tasks = rows.map(({ before, ...row }, index): Schedulable => {
        const dependsOn = new Set(before.filter(() => index > 0).map((n) => `t${(n % (index || 1)) + 1}`));
        return { ...row, taskId: `t${index + 1}`, dependsOn: [...dependsOn] };
      });
      return fc.shuffledSubarray(tasks, { minLength: tasks.length });
    });

test('what is started is ready, disjoint and within the limit, and nothing more could be', () => {
  fc.assert(
    fc.property(tasksOf(STATES, FILES), parallel, (tasks, most) => {
      const running = tasks.filter((task) => task.state === 'running');
      const chosen = readyTasks(tasks, most);
      expect(running.length + chosen.length).toBeLessThanOrEqual(Math.max(most, running.length));
      expect(new Set(chosen).size).toBe(chosen.length);
      for (const task of chosen) expect(isReady(tasks, task)).toBe(true);
      const side = [...running, ...chosen];
      for (const one of chosen)
        for (const other of side)
          if (one !== other) hold(!claimsOverlap(one.files, other.files), 'what runs together is disjoint');
      if (side.length < most)
        for (const task of tasks.filter((left) => isReady(tasks, left) && !chosen.includes(left)))
          expect(side.some((other) => claimsOverlap(task.files, other.files))).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test('every plan is finished, whatever its claims, and no two tasks that share one ever run together', () => {
  fc.assert(
    fc.property(tasksOf(['pending'], FILES), parallel, (tasks, most) => {
      const { order, makespan } = carryOut(tasks, most);
      expect(order).toHaveLength(tasks.length);
      expect(makespan).toBeLessThanOrEqual(tasks.reduce((sum, task) => sum + weightOf(task), 0));
    }),
    { numRuns: 500 },
  );
});

test('without claims a plan takes at most 2 - 1/m times as long as any schedule must', () => {
  fc.assert(
    fc.property(tasksOf(['pending'], [[]], 20), parallel, (tasks, most) => {
      const total = tasks.reduce((sum, task) => sum + weightOf(task), 0);
      const least = Math.max(total / most, ...tasks.map((task) => chainThrough(tasks, task)));
      expect(carryOut(tasks, most).makespan).toBeLessThanOrEqual((2 - 1 / most) * least + 1e-9);
    }),
    { numRuns: 1_000 },
  );
});

test('the longest remaining path goes first, ties in plan order', () => {
  const task = (taskId: string, estimate: number | null, ...dependsOn: string[]): Schedulable => ({
    taskId,
    dependsOn,
    files: [],
    estimate,
    state: 'pending',
  });
  const tasks = [task('t1', 5), task('t2', 1), task('t3', 9, 't2'), task('t4', 5), task('t5', null)];
  expect(readyTasks(tasks, 3).map((one) => one.taskId)).toEqual(['t2', 't1', 't4']);
  expect(readyTasks(tasks, 0)).toEqual([]);
  expect(readyTasks([], 3)).toEqual([]);
});

test('a task can still run exactly if finishing all that can be finished reaches it', () => {
  fc.assert(
    fc.property(tasksOf(STATES, [[]]), (tasks) => {
      const done = new Set(
        tasks
          .filter((task) => task.state === 'completed' || task.state === 'running')
          .map((task) => task.taskId),
      );
      for (let grown = true; grown;) {
        const next = tasks.filter(
          (task) =>
            task.state === 'pending' && !done.has(task.taskId) && task.dependsOn.every((id) => done.has(id)),
        );
        for (const task of next) done.add(task.taskId);
        grown = next.length > 0;
      }
      for (const task of tasks) expect(canStillRun(tasks, task.taskId)).toBe(done.has(task.taskId));
    }),
    { numRuns: 1_000 },
  );
  expect(canStillRun([], 't1')).toBe(false);
});

test('five hundred tasks in one chain, or all at once, are scheduled in no time', () => {
  const chain = Array.from({ length: 500 }, (_, index): Schedulable => ({
    taskId: `t${index + 1}`,
    dependsOn: index === 0 ? [] : [`t${index}`],
    files: Array.from({ length: 20 }, (_file, n) => `src/part-${index}/file-${n}.ts`),
    estimate: 1,
    state: 'pending',
  }));
  const loose = chain.map((task) => ({ ...task, dependsOn: [] }));
  const began = performance.now();
  expect(readyTasks(chain, 64).map((task) => task.taskId)).toEqual(['t1']);
  expect(readyTasks(loose, 64)).toHaveLength(64);
  expect(canStillRun(chain, 't500')).toBe(true);
  expect(performance.now() - began).toBeLessThan(1_000);
});

const weightOf = (task: Schedulable): number => Math.max(1, task.estimate ?? 1);

const isReady = (tasks: readonly Schedulable[], task: Schedulable): boolean =>
  task.state === 'pending' &&
  task.dependsOn.every((id) => tasks.find((other) => other.taskId === id)?.state === 'completed');

function chainThrough(tasks: readonly Schedulable[], task: Schedulable): number {
  const before = task.dependsOn.map((id) => tasks.find((other) => other.taskId === id) as Schedulable);
  return weightOf(task) + Math.max(0, ...before.map((one) => chainThrough(tasks, one)));
}

/** Runs a plan on `most` places, each task for its weight; checks what runs together on the way. */
function carryOut(plan: readonly Schedulable[], most: number): { order: string[]; makespan: number } {
  let tasks = plan;
  let clock = 0;
  const ends = new Map<string, number>();
  const order: string[] = [];
  const set = (id: string, state: Schedulable['state']): void => {
    tasks = tasks.map((task) => (task.taskId === id ? { ...task, state } : task));
  };
  for (;;) {
    for (const task of readyTasks(tasks, most)) {
      set(task.taskId, 'running');
      ends.set(task.taskId, clock + weightOf(task));
    }
    const running = tasks.filter((task) => task.state === 'running');
    expect(running.length).toBeLessThanOrEqual(most);
    for (const one of running)
      for (const other of running)
        if (one !== other) hold(!claimsOverlap(one.files, other.files), 'what runs together is disjoint');
    const next = [...ends].sort(([, one], [, other]) => one - other)[0];
    if (!next) return { order, makespan: clock };
    const [id, end] = next;
    clock = end;
    ends.delete(id);
    order.push(id);
    set(id, 'completed');
  }
}
