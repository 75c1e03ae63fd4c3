import type { MicroUsd } from './money.ts';

/**
 * A job's money. Spent + reserved ≤ limit, always: what a task may spend is taken from the job before the task
 * hears of it, and comes back only with the task's own account.
 */
export interface Ledger {
  limit: MicroUsd;
  /** One purse for each attempt, by its key. */
  readonly purses: Record<string, Purse>;
}

export interface Purse {
  /** What the attempt has reported as spent, over all its tranches. */
  spent: MicroUsd;
  /** The tranche outstanding: reserved until the next report. */
  tranche: MicroUsd;
  /** The number of the last report that was counted; an older or equal one is a repetition. */
  seq: number;
}

/** What an attempt needs for its next call, and what it could use. */
export interface MoneyWanted {
  readonly least: MicroUsd;
  readonly most: MicroUsd;
}

export const openLedger = (limit: MicroUsd): Ledger => ({ limit, purses: {} });

export const spentOf = (ledger: Ledger): MicroUsd =>
  sum(Object.values(ledger.purses), (purse) => purse.spent);

export const reservedOf = (ledger: Ledger): MicroUsd =>
  sum(Object.values(ledger.purses), (purse) => purse.tranche);

export const availableOf = (ledger: Ledger): MicroUsd => ledger.limit - spentOf(ledger) - reservedOf(ledger);

/**
 * Counts an attempt's report: its tranche is closed, what it did not spend is free again. False for a repetition,
 * which changes nothing.
 */
export function settle(ledger: Ledger, key: string, report: { seq: number; spent: MicroUsd }): boolean {
  const purse = (ledger.purses[key] ??= { spent: 0, tranche: 0, seq: 0 });
  if (report.seq <= purse.seq) return false;
  purse.seq = report.seq;
  purse.spent = report.spent;
  purse.tranche = 0;
  return true;
}

/**
 * Reserves a tranche, or returns null when what is left does not pay for `least`. Each of `claimants` gets an equal
 * share while money is short, so that none lies idle in one purse while another task waits.
 */
export function reserve(
  ledger: Ledger,
  key: string,
  wanted: MoneyWanted,
  claimants: number,
): MicroUsd | null {
  const available = availableOf(ledger);
  if (wanted.least > available) return null;
  const share = Math.floor(available / Math.max(1, claimants));
  const tranche = Math.max(wanted.least, Math.min(wanted.most, share));
  const purse = (ledger.purses[key] ??= { spent: 0, tranche: 0, seq: 0 });
  purse.tranche += tranche;
  return tranche;
}

const sum = <T>(items: readonly T[], amount: (item: T) => number): number =>
  items.reduce((total, item) => total + amount(item), 0);
