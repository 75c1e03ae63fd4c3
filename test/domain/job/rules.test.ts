import { allowedNow, carryOut, refusalOf } from '../../../src/domain/job/commands.ts';
import { describe as describeJob, taskOf, taskWaitsOn } from '../../../src/domain/job/describe.ts';
import { EVENTS_KEPT, dropOldEvents, oldEvents, record } from '../../../src/domain/job/events.ts';
import { startReady, takeEnded } from '../../../src/domain/job/progress.ts';
import { NO_USAGE } from '../../../src/domain/prices.ts';
import { takeVerified } from '../../../src/domain/job/verified.ts';
import { simulate } from './simulation.ts';
import { outlineOf, specOf, taskOutline } from './specs.ts';
import type { Command } from '../../../src/domain/job/commands.ts';
import type { TaskRecord } from '../../../src/domain/job/state.ts';
import type { Spec } from '../../../src/domain/spec.ts';
import type { Child } from './child.ts';
import type { Simulation } from './simulation.ts';

const TWO = outlineOf([taskOutline('t1'), taskOutline('t2')]);
const by = { by: 'ana', key: null, hash: 'h' } as const;
const approve: Command = { ...by, name: 'approve', planRevision: 1, note: null };
const cancel: Command = { ...by, name: 'cancel' };
const retry: Command = { ...by, name: 'retry', taskId: 't1', feedback: 'Look again.' };
const budget = (limit: number): Command => ({ ...by, name: 'budget', limit, add: null });

const command = (world: Simulation, given: Command) => world.change((now) => carryOut(world.job, given, now));
const deliverAll = (world: Simulation): void =>
  world.mail.splice(0).forEach((report) => world.deliver(report));
const childOf = (world: Simulation, taskId: string): Child =>
  world.children().find((child) => child.taskId === taskId) as Child;
const task = (world: Simulation, taskId: string): TaskRecord => taskOf(world.job, taskId) as TaskRecord;

/** A job whose planner works. */
function planning(spec: Partial<Spec> = {}, plan = TWO): Simulation {
  const world = simulate(specOf(spec), plan);
  world.change(() => {});
  world.endChore('done');
  return world;
}

/** A job whose given plan is carried out. */
function running(spec: Partial<Spec> = {}, plan = TWO): Simulation {
  const world = simulate(specOf({ ...spec, autoApprove: true }), plan);
  world.change(() => {});
  world.endChore('given');
  return world;
}

function fail(world: Simulation, taskId: string, code: Parameters<Child['fail']>[0]): void {
  childOf(world, taskId).fail(code);
  deliverAll(world);
}

describe('an allowance of attempts', () => {
  test('is used up by the agent alone, each attempt going on where the last one stopped', () => {
    const world = running({ maxAttempts: 2 });
    fail(world, 't1', 'checks_failed');
    expect(task(world, 't1').state.kind).toBe('running');
    fail(world, 't1', 'gave_up');
    expect(task(world, 't1').state).toMatchObject({ kind: 'failed', error: { code: 'gave_up' } });
    expect(task(world, 't1').attempts).toHaveLength(2);
  });

  test("of the task goes before the job's, and a person may order more", () => {
    const world = running({ maxAttempts: 3 }, outlineOf([taskOutline('t1', { maxAttempts: 1 })]));
    fail(world, 't1', 'checks_failed');
    expect(describeJob(world.job)).toEqual({ state: 'needs_attention', waitingOn: 'person' });
    command(world, retry);
    expect(task(world, 't1')).toMatchObject({ state: { kind: 'running' }, ordered: null });
    fail(world, 't1', 'checks_failed');
    expect(task(world, 't1').state.kind).toBe('failed');
  });

  test('is not touched by what is not the fault of the agent, which a person looks at', () => {
    const world = running({ maxAttempts: 2 });
    for (const code of ['attempt_lost', 'provider_failed', 'setup_failed'] as const) {
      fail(world, 't1', code);
      expect(task(world, 't1').state.kind).toBe('failed');
      command(world, retry);
    }
    fail(world, 't1', 'checks_failed');
    expect(task(world, 't1').state.kind).toBe('running');
  });

  test('begins nothing in a job that is being stopped', () => {
    const world = running({ maxAttempts: 3 });
    childOf(world, 't1').fail('checks_failed');
    command(world, cancel);
    deliverAll(world);
    expect([task(world, 't1').state.kind, task(world, 't2').state.kind]).toEqual(['failed', 'cancelled']);
    expect(describeJob(world.job).state).toBe('cancelled');
  });
});

describe('an attempt that somebody cancelled behind the back of its job', () => {
  test('fails and can be retried', () => {
    const world = running();
    childOf(world, 't1').cancel();
    deliverAll(world);
    expect(task(world, 't1').state).toMatchObject({ kind: 'failed', error: { code: 'attempt_lost' } });
    expect(refusalOf(world.job, retry)).toBeNull();
  });

  test('ends a job that was being planned', () => {
    const world = planning();
    childOf(world, 'plan').cancel();
    deliverAll(world);
    expect(describeJob(world.job).state).toBe('failed');
  });
});

describe('a plan', () => {
  test("that comes after the job was cancelled is nobody's", () => {
    const world = planning();
    childOf(world, 'plan').finish();
    command(world, cancel);
    deliverAll(world);
    expect(world.job.plan).toBeNull();
    expect(describeJob(world.job).state).toBe('cancelled');
  });

  test('waits for its approval, unless the spec gave it', () => {
    const world = planning();
    childOf(world, 'plan').finish();
    deliverAll(world);
    expect(describeJob(world.job)).toEqual({ state: 'awaiting_approval', waitingOn: 'approval' });
    expect(taskWaitsOn(world.job, task(world, 't1'))).toBe('approval');
    expect(refusalOf(world.job, { ...approve, planRevision: 2 })?.code).toBe('stale_revision');
    expect(command(world, approve)).toEqual({ job_id: 'j000000000', state: 'running' });
    expect(running().job.approval).toMatchObject({ by: 'ana', note: 'auto_approve' });
  });
});

test('the merge goes to one attempt at a time, in the order of their asking', () => {
  const plan = outlineOf(['t1', 't2', 't3'].map((id) => taskOutline(id)));
  const world = running({}, plan);
  for (const id of ['t2', 't3', 't1']) {
    childOf(world, id).finish();
    deliverAll(world);
  }
  const merged: string[] = [];
  while (world.job.integration.holder !== null) {
    const id = world.job.integration.holder.split('/')[0] as string;
    merged.push(id);
    expect(world.children().filter((child) => !child.waits())).toHaveLength(1);
    childOf(world, id).finish();
    deliverAll(world);
  }
  expect(merged).toEqual(['t2', 't3', 't1']);
  expect(describeJob(world.job).state).toBe('verifying');
});

test('out of money a job says so, holds none, and goes on after a raise', () => {
  const world = running({ budget: 80_000 });
  for (let round = 0; round < 60; round++) {
    for (const child of world.children()) child.call(500);
    deliverAll(world);
  }
  expect(describeJob(world.job)).toEqual({ state: 'needs_attention', waitingOn: 'budget' });
  expect(taskWaitsOn(world.job, task(world, 't1'))).toBe('budget');
  expect(refusalOf(world.job, budget(10))?.code).toBe('invalid_field');
  command(world, budget(5_000_000));
  expect(describeJob(world.job)).toEqual({ state: 'running', waitingOn: null });
  expect(world.children().some((child) => child.waits())).toBe(false);
});

test('each stage allows its commands', () => {
  const world = planning();
  const seen: Record<string, readonly string[]> = { planning: allowedNow(world.job) };
  const look = (): void => {
    seen[describeJob(world.job).state] = allowedNow(world.job);
  };
  childOf(world, 'plan').finish();
  deliverAll(world);
  look();
  command(world, approve);
  look();
  for (let round = 0; round < 2; round++) {
    for (const child of world.children()) child.finish();
    deliverAll(world);
  }
  for (const child of world.children()) child.finish();
  deliverAll(world);
  look();
  command(world, cancel);
  look();
  world.endChore('red');
  look();
  expect(seen).toEqual({
    planning: ['cancel', 'budget', 'delete'],
    awaiting_approval: ['approve', 'reject', 'cancel', 'budget', 'delete'],
    running: ['cancel', 'close', 'budget', 'delete'],
    verifying: ['cancel', 'budget', 'delete'],
    cancelling: ['delete'],
    cancelled: [],
  });
});

test('a refusal has the code of what was wrong', () => {
  const world = running();
  const codeOf = (given: Command) => refusalOf(world.job, given)?.code;
  expect(codeOf(approve)).toBe('not_awaiting_approval');
  expect(codeOf({ ...by, name: 'reject', reason: null })).toBe('not_awaiting_approval');
  expect(codeOf({ ...retry, taskId: 't9' })).toBe('task_not_found');
  expect(codeOf(retry)).toBe('not_retryable');
  expect(codeOf({ ...by, name: 'delete', force: false })).toBe('job_running');
  expect(codeOf({ ...by, name: 'delete', force: true })).toBeUndefined();
  command(world, { ...cancel, key: 'k' });
  expect(codeOf({ ...cancel, key: 'k' })).toBeUndefined();
  expect(codeOf({ ...cancel, key: 'k', hash: 'other' })).toBe('idempotency_mismatch');
  expect(codeOf(cancel)).toBe('not_allowed_now');
});

test('a criterion is met by all its checks, failed by one, and unverifiable by none', () => {
  const { job } = running();
  job.stage = { kind: 'verification' };
  const run = (checkId: string, criterionId: string | null, passed: boolean) => ({
    checkId,
    criterionId,
    passed,
    exitCode: passed ? 0 : 3,
  });
  const runs = [run('k1', 'c1', true), run('k2', 'c1', false), run('k3', null, true)];
  takeVerified(job, { commit: 'c', log: 'l', runs }, 9);
  expect(job.criteria).toEqual([
    { criterionId: 'c1', state: 'failed', evidence: { commit: 'c', exitCode: 3, log: 'l' } },
    { criterionId: 'c2', state: 'unverifiable', evidence: null },
  ]);
  expect(job.stage).toMatchObject({
    kind: 'closed',
    as: { state: 'completed_with_failures', reason: expect.stringContaining('k2') },
  });
});

test('old events are kept until they are saved, and then dropped without a gap', () => {
  const { job } = running();
  while (job.events.recent.length < EVENTS_KEPT * 1.25) record(job, 1, 'budget.changed', {});
  expect(oldEvents(job)).toEqual([]);
  record(job, 1, 'budget.changed', {});
  const old = oldEvents(job);
  dropOldEvents(job, old.at(-1)?.seq ?? 0);
  expect(job.events.recent).toHaveLength(EVENTS_KEPT);
  expect(job.events.recent[0]?.seq).toBe((old.at(-1)?.seq ?? 0) + 1);
});

describe('the state of a job', () => {
  test('stays small when five hundred tasks fail twice with long words, and tells the next attempt why', () => {
    const ids = Array.from({ length: 500 }, (_, index) => `t${index + 1}`);
    const plan = outlineOf(ids.map((id) => taskOutline(id)));
    const { job } = running({ maxAttempts: 2, budget: 500_000_000, maxParallel: 64 }, plan);
    const error = {
      code: 'checks_failed',
      class: 'agent',
      detail: `$ npm test\n${'x'.repeat(30_000)}\nred`,
    } as const;
    const account = { baseSha: 'b', talk: 'c', tree: 'd', seq: 1, spent: 1, usage: NO_USAGE, turns: 1 };
    const froms: unknown[] = [];
    for (let left = 1_000; left > 0;) {
      for (const { taskId, state, attempts } of job.tasks.map((one) => ({ ...one, ...one.outline }))) {
        if (state.kind !== 'running') continue;
        const outcome = { kind: 'failed', error } as const;
        takeEnded(job, { ...account, taskId, attempt: attempts.length, outcome }, 1);
        dropOldEvents(job, oldEvents(job).at(-1)?.seq ?? 0);
        left -= 1;
      }
      froms.push(...startReady(job, 2).map((start) => start.from?.error?.detail));
    }
    expect(JSON.stringify(job).length).toBeLessThan(1_000_000);
    expect(froms.filter(Boolean)).toHaveLength(500);
    expect(froms.filter(Boolean)[0]).toMatch(/^\$ npm test\nx+ … x+\nred$/);
  });
});
