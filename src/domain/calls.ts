import type { CallRecord } from './conversation.ts';
import type { MicroUsd } from './money.ts';

/**
 * What is known of these calls of one turn once it has its answer. A call without a record was never sent, and never
 * will be: it would find the answer. One whose intent alone is recorded, or whose answer was lost, is left out: it stays
 * charged at its reservation.
 */
export function settledCalls(
  records: readonly CallRecord[],
  calls: readonly number[],
): { call: number; cost: MicroUsd }[] {
  return calls.flatMap((call) => {
    const of = records.filter((record) => record.call === call);
    const end = of.find((record) => record.kind === 'settled' && record.outcome !== 'lost');
    if (end?.kind === 'settled') return [{ call, cost: end.cost }];
    return of.length === 0 ? [{ call, cost: 0 }] : [];
  });
}

/**
 * What the recorded calls cost: each call once, by what its answer or refusal says; else by its record of loss;
 * else, while nothing has been settled, at its reservation.
 */
export function spentOf(records: readonly CallRecord[]): MicroUsd {
  const calls = new Map<string, { certainty: number; cost: MicroUsd }>();
  for (const record of records) {
    const key = `${record.turn}.${record.call}`;
    const certainty = record.kind === 'intent' ? 0 : record.outcome === 'lost' ? 1 : 2;
    const cost = record.kind === 'intent' ? record.reservation : record.cost;
    const known = calls.get(key);
    if (known === undefined || known.certainty < certainty) calls.set(key, { certainty, cost });
  }
  let sum = 0;
  for (const call of calls.values()) sum += call.cost;
  return sum;
}
