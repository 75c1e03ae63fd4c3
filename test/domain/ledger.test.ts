import * as fc from 'fast-check';
import { availableOf, openLedger, reserve, reservedOf, settle, spentOf } from '../../src/domain/ledger.ts';
import {
  affordableCall,
  chargeCall,
  leftInPurse,
  openPurse,
  putTranche,
  returnRest,
  settleCall,
  spentOfPurse,
} from '../../src/domain/purse.ts';
import { moneyFor } from '../../src/domain/job/money.ts';
import { FREE } from '../../src/domain/prices.ts';
import { hold } from './hold.ts';
import { usd } from '../../src/domain/money.ts';
import type { Ledger, MoneyWanted } from '../../src/domain/ledger.ts';
import type { Purse } from '../../src/domain/purse.ts';
import type { CallSize, ModelPrice } from '../../src/domain/prices.ts';

/** An attempt as its workflow keeps its money, and what lies between it and the job. */
interface Attempt {
  readonly key: string;
  readonly price: ModelPrice;
  readonly purse: Purse;
  size: CallSize;
  seq: number;
  call: number;
  waits: boolean;
  ended: boolean;
  /** What its calls really cost, whether or not it knows. */
  real: number;
}

interface Report {
  readonly key: string;
  readonly seq: number;
  readonly spent: number;
  readonly wanted: MoneyWanted | null;
}

const rate = fc.constantFrom(0.4, 1, 1.6, 3.75, 10, 50);
const price = fc.oneof(
  { weight: 6, arbitrary: fc.record({ input: rate, output: rate, cacheRead: rate, cacheWrite: rate }) },
  { weight: 1, arbitrary: fc.constant(FREE) },
);
const die = fc.nat(1_000);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: fc.constant('begin' as const), price, bytes: fc.nat(20_000) }) },
  {
    weight: 12,
    arbitrary: fc.record({ does: fc.constant('call' as const), who: die, share: die, fate: die }),
  },
  { weight: 8, arbitrary: fc.record({ does: fc.constant('deliver' as const), which: die }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('serve' as const), who: die }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('repeat' as const), which: die }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('end' as const), who: die }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('vanish' as const), who: die }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('limit' as const),
      by: fc.integer({ min: -500_000, max: 500_000 }),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
const steps = fc.array(step, { minLength: 60, maxLength: 120, size: 'max' });
const RUNS = 1_000;

test(`money is never exceeded and never lost, in ${RUNS} random runs`, () => {
  let overrun = 0;
  let calls = 0;
  let denied = 0;
  fc.assert(
    fc.property(fc.integer({ min: 50_000, max: 8_000_000 }), steps, (limit, steps) => {
      const world = openWorld(limit);
      for (const one of steps) {
        world.take(one);
        overrun = Math.max(overrun, world.overrun());
        hold(availableOf(world.ledger) >= 0, 'spent and reserved are within the limit');
      }
      world.finish();
      overrun = Math.max(overrun, world.overrun());
      expect(reservedOf(world.ledger)).toBe(0);
      expect(spentOf(world.ledger)).toBe(world.charged());
      calls += world.calls();
      denied += world.denied();
    }),
    { numRuns: RUNS },
  );
  process.stdout.write(
    `  ${RUNS} runs, ${calls} calls, ${denied} denied, overrun $${usd(overrun).toFixed(2)}\n`,
  );
  expect(overrun).toBe(0);
  expect(calls).toBeGreaterThan(RUNS);
  expect(denied).toBeGreaterThan(0);
});

function openWorld(limit: number) {
  const ledger: Ledger = openLedger(limit);
  const attempts: Attempt[] = [];
  const mail: Report[] = [];
  const delivered: Report[] = [];
  const needs = new Map<string, Report & { wanted: MoneyWanted }>();
  let calls = 0;
  let denied = 0;

  const pick = <T>(from: readonly T[], which: number): T | undefined => from[which % (from.length || 1)];
  const alive = (): Attempt[] => attempts.filter((one) => !one.ended);

  function begin(rates: ModelPrice, bytes: number): void {
    const key = `t${attempts.length + 1}/1`;
    const size = { knownTokens: 0, newBytes: bytes };
    const tranche = grant(key, moneyFor(size, rates));
    if (tranche === null) return;
    const purse = openPurse(tranche);
    attempts.push({ key, price: rates, purse, size, seq: 0, call: 0, waits: false, ended: false, real: 0 });
  }

  function grant(key: string, wanted: MoneyWanted): number | null {
    const before = availableOf(ledger);
    const tranche = reserve(ledger, key, wanted, needs.size + 1);
    if (tranche === null) {
      denied += 1;
      hold(before < wanted.least, 'only what cannot be paid is denied');
      return null;
    }
    hold(tranche >= wanted.least, 'a tranche pays for the least');
    hold(tranche <= wanted.most, 'a tranche is no more than was wanted');
    hold(Number.isSafeInteger(tranche), 'money is whole');
    return tranche;
  }

  function report(of: Attempt, wanted: MoneyWanted | null): void {
    of.seq += 1;
    mail.push({ key: of.key, seq: of.seq, spent: spentOfPurse(of.purse), wanted });
  }

  /** A call ends answered, refused for nothing, or lost: then it may have cost anything within its reservation. */
  function call(of: Attempt, share: number, fate: number): void {
    if (of.waits) return;
    const next = affordableCall(of.purse, of.size, of.price);
    if (next === null) {
      returnRest(of.purse);
      of.waits = true;
      report(of, moneyFor(of.size, of.price));
      return;
    }
    calls += 1;
    of.call += 1;
    chargeCall(of.purse, of.call, next.reservation);
    hold(leftInPurse(of.purse) >= 0, 'a purse pays for its calls');
    const cost = Math.floor((next.reservation * share) / 1_000);
    if (fate < 100) return settleCall(of.purse, of.call, 0);
    of.real += cost;
    if (fate < 300) return;
    settleCall(of.purse, of.call, cost);
    of.size = { knownTokens: of.size.knownTokens + of.size.newBytes, newBytes: share };
  }

  function deliver(one: Report): void {
    delivered.push(one);
    if (!settle(ledger, one.key, one)) return;
    const { wanted } = one;
    if (wanted === null) needs.delete(one.key);
    else needs.set(one.key, { ...one, wanted });
  }

  function serve(need: Report & { wanted: MoneyWanted }): void {
    const tranche = grant(need.key, need.wanted);
    if (tranche === null) return;
    needs.delete(need.key);
    const of = attempts.find((one) => one.key === need.key);
    if (!of || of.ended || of.seq !== need.seq) return;
    putTranche(of.purse, tranche);
    of.waits = false;
  }

  function end(of: Attempt, lost: boolean): void {
    of.ended = true;
    if (!lost) return report(of, null);
    deliver({ key: of.key, seq: Number.MAX_SAFE_INTEGER, spent: spentOfPurse(of.purse), wanted: null });
  }

  return {
    ledger,
    take(one: Step): void {
      switch (one.does) {
        case 'begin':
          return begin(one.price, one.bytes);
        case 'call': {
          const of = pick(alive(), one.who);
          return of && call(of, one.share, one.fate);
        }
        case 'deliver': {
          const [sent] = mail.splice(one.which % (mail.length || 1), 1);
          return sent && deliver(sent);
        }
        case 'serve': {
          const need = pick([...needs.values()], one.who);
          return need && serve(need);
        }
        case 'repeat': {
          const again = pick(delivered, one.which);
          const before = JSON.stringify(ledger);
          if (again) hold(!settle(ledger, again.key, again), 'a repetition is known');
          return hold(JSON.stringify(ledger) === before, 'a repetition changes nothing');
        }
        case 'end':
        case 'vanish': {
          const of = pick(alive(), one.who);
          return of && end(of, one.does === 'vanish');
        }
        case 'limit': {
          const used = spentOf(ledger) + reservedOf(ledger);
          ledger.limit = Math.max(used, ledger.limit + one.by);
        }
      }
    },
    finish(): void {
      for (const of of alive()) end(of, false);
      mail.splice(0).reverse().forEach(deliver);
    },
    /** How far what is spent, promised or really paid is above the limit. */
    overrun: (): number =>
      Math.max(0, -availableOf(ledger), attempts.reduce((sum, one) => sum + one.real, 0) - ledger.limit),
    charged: (): number => attempts.reduce((sum, one) => sum + spentOfPurse(one.purse), 0),
    calls: () => calls,
    denied: () => denied,
  };
}
