import * as fc from 'fast-check';
import { moneyFor } from '../../src/domain/job/money.ts';
import { MODELS } from '../../src/domain/models.ts';
import {
  FREE,
  MAX_TOKENS,
  addUsage,
  affordableTokens,
  costOf,
  totalTokens,
  worstCase,
} from '../../src/domain/prices.ts';

const rate = fc.oneof(
  fc.constantFrom(0, 0.025, 0.1, 0.4, 1.25, 1.6, 3.75, 10, 50),
  fc.double({ min: 0, max: 200, noNaN: true }),
);
const price = fc.oneof(
  fc.record({ input: rate, output: rate, cacheRead: rate, cacheWrite: rate }),
  fc.constantFrom(...MODELS.map((model) => model.price)),
);
const tokens = fc.nat({ max: 1_000_000 });
const size = fc.record({ knownTokens: tokens, newBytes: fc.nat({ max: 200_000 }) });
const asked = fc.integer({ min: 1, max: MAX_TOKENS.most });

describe('the worst case of a call', () => {
  test('is never less than what any answer within the size costs', () => {
    const shares = fc.tuple(fc.nat(100), fc.nat(100), fc.nat(100), fc.nat(100), fc.nat(100));
    fc.assert(
      fc.property(size, price, asked, shares, (of, rates, maxTokens, [used, plain, read, write, out]) => {
        const input = Math.floor(((of.knownTokens + of.newBytes) * used) / 100);
        const parts = plain + read + write || 1;
        const cacheRead = Math.floor((input * read) / parts);
        const cacheWrite = Math.floor((input * write) / parts);
        const usage = {
          cacheRead,
          cacheWrite,
          input: input - cacheRead - cacheWrite,
          output: Math.floor((maxTokens * out) / 100),
        };
        const cost = costOf(usage, rates);
        expect(Number.isSafeInteger(cost)).toBe(true);
        expect(cost).toBeLessThanOrEqual(worstCase(of, rates, maxTokens));
      }),
      { numRuns: 1_000 },
    );
  });

  test('grows with every token', () => {
    fc.assert(
      fc.property(size, price, asked, fc.nat(1_000), (of, rates, maxTokens, more) => {
        const least = worstCase(of, rates, maxTokens);
        expect(worstCase({ ...of, newBytes: of.newBytes + more }, rates, maxTokens)).toBeGreaterThanOrEqual(
          least,
        );
        expect(worstCase(of, rates, maxTokens + more)).toBeGreaterThanOrEqual(least);
      }),
    );
  });
});

describe('the output that money pays for', () => {
  test('is within the money and the most that fits', () => {
    const money = fc.oneof(fc.integer({ min: -1_000, max: 3_000_000 }), fc.constant(null));
    const around = fc.tuple(
      money,
      fc.integer({ min: MAX_TOKENS.least - 2, max: MAX_TOKENS.most + 2 }),
      fc.nat(2),
    );
    fc.assert(
      fc.property(size, price, around, (of, rates, [any, near, less]) => {
        const available = any ?? worstCase(of, rates, near) - less;
        const got = affordableTokens(of, rates, available);
        if (got === null) {
          expect(worstCase(of, rates, MAX_TOKENS.least)).toBeGreaterThan(available);
          return;
        }
        expect(got).toBeGreaterThanOrEqual(MAX_TOKENS.least);
        expect(got).toBeLessThanOrEqual(MAX_TOKENS.most);
        expect(worstCase(of, rates, got)).toBeLessThanOrEqual(available);
        if (got < MAX_TOKENS.most) expect(worstCase(of, rates, got + 1)).toBeGreaterThan(available);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is something whenever a tranche holds the least that was asked for', () => {
    fc.assert(
      fc.property(size, price, (of, rates) => {
        const { least, most } = moneyFor(of, rates);
        expect(affordableTokens(of, rates, least)).toBeGreaterThanOrEqual(MAX_TOKENS.least);
        expect(most).toBeGreaterThanOrEqual(least);
      }),
      { numRuns: 1_000 },
    );
  });
});

test('amounts are exact', () => {
  const sonnet = { input: 2, output: 10, cacheRead: 0.2, cacheWrite: 2.5 };
  expect(costOf({ input: 3, output: 5, cacheRead: 10, cacheWrite: 4 }, sonnet)).toBe(68);
  expect(costOf({ input: 0, output: 0, cacheRead: 1, cacheWrite: 0 }, sonnet)).toBe(1);
  expect(costOf({ input: 30, output: 0, cacheRead: 0, cacheWrite: 0 }, { ...FREE, input: 0.1 })).toBe(3);
  expect(worstCase({ knownTokens: 100, newBytes: 20 }, sonnet, 1_000)).toBe(10_300);
  expect(worstCase({ knownTokens: 10, newBytes: 0 }, { ...FREE, cacheRead: 9 }, 0)).toBe(90);
  expect(affordableTokens({ knownTokens: 0, newBytes: 0 }, FREE, 0)).toBe(8_192);
  expect(affordableTokens({ knownTokens: 0, newBytes: 0 }, sonnet, 81_920)).toBe(8_192);
  expect(affordableTokens({ knownTokens: 0, newBytes: 0 }, sonnet, 10_240)).toBe(1_024);
  expect(affordableTokens({ knownTokens: 0, newBytes: 0 }, sonnet, 10_239)).toBeNull();
});

test('every token of an answer is input of the next call', () => {
  const usage = addUsage(
    { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 },
    { input: 10, output: 20, cacheRead: 30, cacheWrite: 40 },
  );
  expect(usage).toEqual({ input: 11, output: 22, cacheRead: 33, cacheWrite: 44 });
  expect(totalTokens(usage)).toBe(110);
});
