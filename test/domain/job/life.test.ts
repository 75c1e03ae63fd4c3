import * as fc from 'fast-check';
import { describe as describeJob } from '../../../src/domain/job/describe.ts';
import { reservedOf } from '../../../src/domain/ledger.ts';
import { hold } from '../hold.ts';
import { anyCommand, giveCommand } from './commanding.ts';
import { holdAlways, holdFrom } from './invariants.ts';
import { simulate } from './simulation.ts';
import { anyPlan, anySpec } from './specs.ts';
import type { Asked } from './commanding.ts';
import type { Simulation } from './simulation.ts';

const die = fc.nat(1_000);
const CODES = [
  'checks_failed',
  'gave_up',
  'merge_conflict',
  'provider_failed',
  'setup_failed',
  'attempt_lost',
] as const;
const CHORES = ['done', 'done', 'done', 'given', 'given', 'given', 'red', 'failed'] as const;

type Step =
  | { does: 'call' | 'finish' | 'lose' | 'outside' | 'mail' | 'repeat'; which: number; fate: number }
  | { does: 'fail'; which: number; code: (typeof CODES)[number] }
  | { does: 'chore'; how: (typeof CHORES)[number] }
  | { does: 'command'; asked: Asked }
  | { does: 'tire' };

const one = (does: Extract<Step, { fate: number }>['does'], weight: number) => ({
  weight,
  arbitrary: fc.record({ does: fc.constant(does), which: die, fate: die }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  one('call', 8),
  one('finish', 12),
  one('mail', 16),
  one('repeat', 3),
  one('lose', 1),
  one('outside', 1),
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('fail' as const), which: die, code: fc.constantFrom(...CODES) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('chore' as const), how: fc.constantFrom(...CHORES) }),
  },
  { weight: 12, arbitrary: anyCommand.map((asked) => ({ does: 'command' as const, asked })) },
  { weight: 1, arbitrary: fc.constant({ does: 'tire' as const }) },
);
const steps = fc.array(step, { minLength: 20, maxLength: 80, size: 'max' });

const RUNS = 600;

test(`a job always has something to do or someone to wait for, and ends, in ${RUNS} random lives`, () => {
  const ends = new Map<string, number>();
  fc.assert(
    fc.property(anySpec, anyPlan, fc.nat(3), steps, (spec, plan, given, life) => {
      const world = simulate(spec, plan);
      world.change(() => {});
      if (given > 0) world.endChore('given');
      for (const next of life) {
        const before = structuredClone({ ...world.job, plan: null });
        const { plan: planBefore } = world.job;
        take(world, next);
        holdFrom({ ...before, plan: planBefore }, world.job);
        holdAlways(world);
        holdStill(world);
      }
      bringToEnd(world);
      const { state } = describeJob(world.job);
      ends.set(state, (ends.get(state) ?? 0) + 1);
    }),
    { numRuns: RUNS },
  );
  for (const state of ['completed', 'completed_with_failures', 'failed', 'cancelled', 'deleted'])
    expect(ends.get(state)).toBeGreaterThan(0);
});

function take(world: Simulation, next: Step): void {
  const pick = <T>(from: readonly T[], which: number): T | undefined => from[which % (from.length || 1)];
  switch (next.does) {
    case 'call':
      return pick(world.children(), next.which)?.call(next.fate);
    case 'finish':
      return pick(world.children(), next.which)?.finish();
    case 'outside':
      return pick(world.children(), next.which)?.cancel();
    case 'fail':
      return pick(world.children(), next.which)?.fail(next.code);
    case 'lose': {
      const child = pick(world.children(), next.which);
      return child && world.lose(child);
    }
    case 'mail': {
      const [report] = world.mail.splice(next.which % (world.mail.length || 1), 1);
      return report && world.deliver(report);
    }
    case 'repeat': {
      const report = pick(world.delivered, next.which);
      const before = JSON.stringify(world.job);
      if (report) world.deliver(report);
      return hold(JSON.stringify(world.job) === before, 'a repeated report changes nothing');
    }
    case 'chore':
      return world.endChore(next.how);
    case 'command':
      return giveCommand(world, next.asked);
    case 'tire':
      if (describeJob(world.job).state !== 'needs_attention') return;
      return world.change(() => {
        world.job.stage = {
          kind: 'stopping',
          ending: { state: 'completed_with_failures', reason: 'nobody decided' },
        };
      });
  }
}

/** Another round of the loop finds nothing that the last one left. */
function holdStill(world: Simulation): void {
  const before = JSON.stringify(world.job);
  world.change(() => {});
  hold(JSON.stringify(world.job) === before, 'a round without news changes nothing');
}

/** Attempts end, reports arrive, and a person does what the job says it waits for: then every job closes. */
function bringToEnd(world: Simulation): void {
  let retries = 2;
  for (let round = 0; world.job.stage.kind !== 'closed'; round++) {
    hold(round < 400, `the job ends: ${JSON.stringify(describeJob(world.job))}`);
    world.endChore('done');
    for (const child of world.children()) child.finish();
    for (const report of world.mail.splice(0)) world.deliver(report);
    const { waitingOn } = describeJob(world.job);
    const failed = world.job.tasks.find((task) => task.state.kind === 'failed')?.outline.taskId;
    const all = { key: null, other: false, planRevision: null, limit: null, add: 1_000_000, force: false };
    if (waitingOn === 'approval') giveCommand(world, { ...all, name: 'approve', taskId: 't1' });
    if (waitingOn === 'budget') giveCommand(world, { ...all, name: 'budget', taskId: 't1' });
    if (waitingOn !== 'person') continue;
    hold(failed !== undefined, 'a person has a task to retry');
    giveCommand(world, { ...all, name: retries > 0 ? 'retry' : 'close', taskId: failed });
    retries -= 1;
  }
  for (const report of world.mail.splice(0)) world.deliver(report);
  holdAlways(world);
  hold(reservedOf(world.job.ledger) === 0, 'nothing stays reserved');
}
