import { affordableTokens, worstCase } from './prices.ts';
import type { CallSize, ModelPrice } from './prices.ts';
import type { MicroUsd } from './money.ts';

/** An attempt's own money: the tranche that it was granted, and every call that it has made or lost. */
export interface Purse {
  /** All tranches granted so far, less what was returned. */
  granted: MicroUsd;
  /** What answered calls cost. */
  settled: MicroUsd;
  /** Calls without an answer, each charged at its reservation until its own record says otherwise. */
  readonly lost: Record<number, MicroUsd>;
}

export const openPurse = (tranche: MicroUsd): Purse => ({ granted: tranche, settled: 0, lost: {} });

export const spentOfPurse = (purse: Purse): MicroUsd =>
  purse.settled + Object.values(purse.lost).reduce((sum, amount) => sum + amount, 0);

/** What may still be spent before the next grant. */
export const leftInPurse = (purse: Purse): MicroUsd => purse.granted - spentOfPurse(purse);

/** The next call that the purse can pay for at its worst, or null when it must ask for money first. */
export function affordableCall(
  purse: Purse,
  size: CallSize,
  price: ModelPrice,
): { maxTokens: number; reservation: MicroUsd } | null {
  const maxTokens = affordableTokens(size, price, leftInPurse(purse));
  return maxTokens === null ? null : { maxTokens, reservation: worstCase(size, price, maxTokens) };
}

/** A call is charged at its reservation from before it is sent, so that whatever happens to it is paid for. */
export function chargeCall(purse: Purse, call: number, reservation: MicroUsd): void {
  purse.lost[call] = reservation;
}

/** An answer, or a refusal that costs nothing, replaces the reservation of its call. */
export function settleCall(purse: Purse, call: number, cost: MicroUsd): void {
  delete purse.lost[call];
  purse.settled += cost;
}

/** Gives back what is left, as a report to the payer does, until the next grant. */
export function returnRest(purse: Purse): void {
  purse.granted = spentOfPurse(purse);
}

export function putTranche(purse: Purse, tranche: MicroUsd): void {
  purse.granted += tranche;
}
