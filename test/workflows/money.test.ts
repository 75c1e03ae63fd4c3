import { done, givenPlan, shell, withEngine } from '../support/engine.ts';
import { microUsd } from '../../src/domain/money.ts';
import { reservedOf, spentOf } from '../../src/domain/ledger.ts';

const long = { output: 1_500, input: 4_000, cache_read: 0, cache_write: 0 };
const agent = [
  { ...shell('true'), usage: long },
  { ...shell('true'), usage: long },
  { ...done, usage: long },
];

test('eight tasks on a small budget never exceed it, wait when it is spent, and go on after a raise', () =>
  withEngine(
    {
      script: {
        steps: Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`t${index + 1}`, agent])),
      },
    },
    async ({ submit }) => {
      const tasks = Array.from({ length: 8 }, () => ({ script: '' }));
      const job = await submit({
        autoApprove: true,
        budget: microUsd(0.1),
        maxParallel: 8,
        plan: givenPlan(tasks),
      });
      const overruns: number[] = [];
      const stuck = await job.until((view) => {
        const used = spentOf(view.ledger) + reservedOf(view.ledger);
        if (used > view.ledger.limit) overruns.push(used);
        return view.state === 'needs_attention';
      });
      expect(stuck.waitingOn).toBe('budget');
      expect(overruns).toEqual([]);
      expect(spentOf(stuck.ledger)).toBeGreaterThan(0);
      await job.command('budget', { limit: microUsd(2), add: null });
      const view = await job.ended();
      expect(view.state).toBe('completed');
      expect(spentOf(view.ledger)).toBe(8 * 3 * (4_000 * 2 + 1_500 * 10));
      expect(reservedOf(view.ledger)).toBe(0);
    },
  ));
