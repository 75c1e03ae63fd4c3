import type { MicroUsd } from './money.ts';

/** US dollars per million tokens, which is the same number as millionths of a dollar per token. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** Tokens of one answer. The total input is `input + cacheRead + cacheWrite`. */
export interface Usage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

export const NO_USAGE: Usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
export const FREE: ModelPrice = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

/** What an answer costs, rounded up: a fraction of a millionth is never lost to the budget. */
export function costOf(usage: Usage, price: ModelPrice): MicroUsd {
  return ceilMicro(
    usage.input * price.input +
      usage.output * price.output +
      usage.cacheRead * price.cacheRead +
      usage.cacheWrite * price.cacheWrite,
  );
}

/** Every token that an answer counted; all of them are input of the next call. */
export const totalTokens = (usage: Usage): number =>
  usage.input + usage.cacheRead + usage.cacheWrite + usage.output;

/** A call's size before it is made, in the units of `worstCase`. */
export interface CallSize {
  /** Input and output tokens that the last answer reported; 0 before the first call. */
  readonly knownTokens: number;
  /** UTF-8 bytes added to the conversation since; one byte counts as one token, which no tokenizer exceeds. */
  readonly newBytes: number;
}

/** The most that a call can cost: its whole input at the dearest input price, and `maxTokens` of output. */
export function worstCase(size: CallSize, price: ModelPrice, maxTokens: number): MicroUsd {
  const inputPrice = Math.max(price.input, price.cacheWrite, price.cacheRead);
  return ceilMicro((size.knownTokens + size.newBytes) * inputPrice + maxTokens * price.output);
}

/** Most output tokens of a turn, and the fewest that are worth asking for. */
export const MAX_TOKENS = { most: 8_192, least: 1_024 } as const;

/**
 * The output tokens that `available` pays for beside the call's input: `most` when money allows, fewer when it
 * is short, and null when it would be under `least`.
 */
export function affordableTokens(size: CallSize, price: ModelPrice, available: MicroUsd): number | null {
  if (worstCase(size, price, MAX_TOKENS.least) > available) return null;
  let fits: number = MAX_TOKENS.least;
  let over: number = MAX_TOKENS.most + 1;
  while (over - fits > 1) {
    const middle = Math.floor((fits + over) / 2);
    if (worstCase(size, price, middle) > available) over = middle;
    else fits = middle;
  }
  return fits;
}

export const addUsage = (a: Usage, b: Usage): Usage => ({
  input: a.input + b.input,
  output: a.output + b.output,
  cacheRead: a.cacheRead + b.cacheRead,
  cacheWrite: a.cacheWrite + b.cacheWrite,
});

/** The slack keeps binary fractions such as 0.1 × 30 from costing a whole millionth more. */
const ceilMicro = (amount: number): MicroUsd => Math.ceil(amount - 1e-6);
