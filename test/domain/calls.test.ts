import { settledCalls, spentOf } from '../../src/domain/calls.ts';
import type { CallRecord } from '../../src/domain/conversation.ts';
import { NO_USAGE } from '../../src/domain/prices.ts';

const base = { turn: 1, at: 0, model: 'm', requestHash: 'h' } as const;
const intent = (call: number, reservation: number): CallRecord => ({
  ...base,
  kind: 'intent',
  call,
  reservation,
});
const settled = (call: number, outcome: 'answered' | 'refused' | 'lost', cost: number): CallRecord => ({
  kind: 'settled',
  turn: 1,
  call,
  at: 0,
  outcome,
  usage: NO_USAGE,
  cost,
});

describe('what the recorded calls cost', () => {
  test('is the reservation while a call has no answer, and its cost once it has', () => {
    expect(spentOf([])).toBe(0);
    expect(spentOf([intent(1, 100), intent(2, 50)])).toBe(150);
    expect(spentOf([intent(1, 100), settled(1, 'answered', 7), intent(2, 50)])).toBe(57);
    expect(spentOf([intent(1, 100), settled(1, 'refused', 0)])).toBe(0);
  });

  test('counts a call once, and a late answer beats the record of its loss in either order', () => {
    const lost = [intent(1, 100), settled(1, 'lost', 100)];
    expect(spentOf([...lost, settled(1, 'answered', 7), settled(1, 'answered', 7)])).toBe(7);
    expect(
      spentOf([intent(1, 100), settled(1, 'answered', 7), settled(1, 'lost', 100), intent(1, 100)]),
    ).toBe(7);
  });

  test('keeps calls of different turns apart', () => {
    expect(spentOf([intent(1, 100), { ...settled(1, 'answered', 7), turn: 2 }])).toBe(107);
  });
});

test('once a turn has its answer, calls that were never sent cost nothing and lost ones stay as they are', () => {
  const intent = (call: number): CallRecord => ({
    kind: 'intent',
    turn: 1,
    call,
    at: 0,
    model: 'm',
    requestHash: '',
    reservation: 9,
  });
  const end = (call: number, outcome: 'answered' | 'refused' | 'lost', cost: number): CallRecord => ({
    kind: 'settled',
    turn: 1,
    call,
    at: 0,
    outcome,
    usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    cost,
  });
  const records = [
    intent(2),
    intent(3),
    end(3, 'lost', 9),
    intent(4),
    end(4, 'refused', 0),
    intent(5),
    end(5, 'answered', 4),
  ];
  expect(settledCalls(records, [1, 2, 3, 4, 5])).toEqual([
    { call: 1, cost: 0 },
    { call: 4, cost: 0 },
    { call: 5, cost: 4 },
  ]);
});
