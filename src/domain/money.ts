/** Millionths of a US dollar, always an integer: sums are exact. */
export type MicroUsd = number;

/** The amount nearest to `usd` dollars. */
export const microUsd = (usd: number): MicroUsd => Math.round(usd * 1_000_000);

export const usd = (amount: MicroUsd): number => amount / 1_000_000;
