import { spentOf } from '../../src/domain/calls.ts';
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
