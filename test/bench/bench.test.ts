import { PLAN, idealTurns, withBarriers } from '../../bench/makespan-plan.ts';
import { gaps, median, quantile, sum } from '../../bench/numbers.ts';
import { rowText } from '../../bench/report.ts';
import type { SizedTask } from '../../bench/makespan-plan.ts';

const task = (taskId: string, turns: number, dependsOn: string[] = [], level = 0): SizedTask => ({
  taskId,
  turns,
  dependsOn,
  level,
});

describe('what the bench computes', () => {
  test('the ideal makespan of a chain is its length, and of independent tasks their share', () => {
    expect(idealTurns([task('a', 3), task('b', 4, ['a'])], 5)).toBe(7);
    expect(idealTurns([task('a', 4), task('b', 2), task('c', 2)], 2)).toBe(4);
    expect(idealTurns([task('a', 2), task('b', 5), task('c', 5)], 2)).toBe(7);
  });

  test('a level barrier makes a task wait for the slowest of the level before', () => {
    const tasks = [task('a', 1), task('b', 9), task('c', 9, ['a'], 1)];
    expect(idealTurns(tasks, 2)).toBe(10);
    expect(idealTurns(withBarriers(tasks), 2)).toBe(18);
  });

  test('the realistic plan has twenty tasks of ten turns on average, and names only earlier ones', () => {
    expect(PLAN).toHaveLength(20);
    expect(sum(PLAN.map(({ turns }) => turns))).toBe(200);
    const ids = PLAN.map(({ taskId }) => taskId);
    for (const [index, { dependsOn }] of PLAN.entries())
      expect(ids.slice(0, index)).toEqual(expect.arrayContaining([...dependsOn]));
  });

  test('a median, a quantile and gaps', () => {
    expect([median([3, 1, 2]), quantile([1, 2, 3, 4], 1), gaps([1, 3, 6])]).toEqual([2, 4, [2, 3]]);
  });

  test('a number that misses its mark is printed as it is, with the mark beside it', () => {
    expect(rowText({ what: 'a', value: 1.25, unit: '×', mark: { most: 1.1 } })).toMatch(
      /1\.25 × +≤ 1\.1: MISSED$/,
    );
    expect(rowText({ what: 'a', value: 30, unit: '/s', mark: { least: 25 } })).toMatch(/30 \/s +≥ 25: held$/);
  });
});
