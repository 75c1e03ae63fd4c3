import { FREE, MAX_TOKENS, worstCase } from '../prices.ts';
import type { ModelPrice } from '../prices.ts';
import type { MicroUsd } from '../money.ts';
import type { MoneyWanted } from '../ledger.ts';
import type { JobHeader, Job, TaskRecord } from './state.ts';

/** UTF-8 bytes of the longest system prompt, tools and frame of a first message; a test holds the prompts to it. */
export const PROMPT_BYTES = 12_000;

/** Calls that one tranche pays for, at their worst case. */
const CALLS_PER_TRANCHE = 10;

export const priceOf = (header: JobHeader, model: string): ModelPrice =>
  header.models.find((known) => known.id === model)?.price ?? FREE;

export const modelOf = (job: Job, task: TaskRecord): string => task.outline.model ?? job.header.model;

/** What the first call of an attempt needs: known before the attempt has said anything. */
export function firstMoney(job: Job, task: TaskRecord): MoneyWanted {
  const size = { knownTokens: 0, newBytes: PROMPT_BYTES + job.header.specBytes + task.outline.bytes };
  return moneyFor(size, priceOf(job.header, modelOf(job, task)));
}

/** What the next call of this size needs at least, and what ten of them could use. */
export function moneyFor(size: { knownTokens: number; newBytes: number }, price: ModelPrice): MoneyWanted {
  return {
    least: worstCase(size, price, MAX_TOKENS.least),
    most: CALLS_PER_TRANCHE * worstCase(size, price, MAX_TOKENS.most),
  };
}

/** What one planning call costs at its worst: a budget below it cannot begin. */
export const planningFloor = (specBytes: number, price: ModelPrice): MicroUsd =>
  worstCase({ knownTokens: 0, newBytes: PROMPT_BYTES + specBytes }, price, MAX_TOKENS.least);
