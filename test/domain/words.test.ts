import * as fc from 'fast-check';
import { ERRORS, isErrorCode } from '../../src/domain/errors.ts';
import { taskError } from '../../src/domain/failures.ts';
import { PLANNER, isJobId, isTaskId, jobIdFrom } from '../../src/domain/ids.ts';
import { microUsd, usd } from '../../src/domain/money.ts';
import { nearest } from '../../src/domain/nearest.ts';
import { AGENT_ROLES } from '../../src/domain/roles.ts';
import { suggestedSetup } from '../../src/domain/setup.ts';

describe('a job id', () => {
  test('spells 45 bits in nine digits', () => {
    expect(jobIdFrom(new Uint8Array(6))).toBe('j000000000');
    expect(jobIdFrom(new Uint8Array(6).fill(255))).toBe('jzzzzzzzzz');
    expect(jobIdFrom(Uint8Array.of(0, 0, 0, 0, 0, 33, 99))).toBe('j000000011');
    expect(jobIdFrom(Uint8Array.of(0b11100111, 0, 0, 0, 0, 0, 255))).toBe('j700000000');
  });

  test('is always well formed, and differs where the bits do', () => {
    const bytes = fc.uint8Array({ minLength: 6, maxLength: 32 });
    fc.assert(
      fc.property(bytes, fc.nat(44), (some, bit) => {
        const other = Uint8Array.from(some);
        other[5 - Math.floor(bit / 8)] = (other[5 - Math.floor(bit / 8)] ?? 0) ^ (1 << (bit % 8));
        expect(isJobId(jobIdFrom(some))).toBe(true);
        expect(jobIdFrom(other)).not.toBe(jobIdFrom(some));
      }),
    );
  });

  test.each([
    '',
    'j',
    'j00000000',
    'j0000000000',
    'J000000000',
    'j00000000i',
    'j00000000l',
    'j00000000o',
    'j00000000u',
    'j000000000\n',
    'j../000000',
    'j'.repeat(10_000),
  ])('is not %j', (id) => expect(isJobId(id)).toBe(false));
});

test('a task id is t and a number from 1 on, and the planner is none', () => {
  expect(['t1', 't10', 't500', 't999'].every(isTaskId)).toBe(true);
  for (const id of ['t0', 't01', 't1000', 't', '1', 'T1', 't1 ', 't1\n', 't-1', '', PLANNER, '../t1', 't1\0'])
    expect([id, isTaskId(id)]).toEqual([id, false]);
});

test('an amount is whole millionths and comes back as it was', () => {
  expect([microUsd(0.1), microUsd(0.1 + 0.2), microUsd(5), microUsd(0.0000004)]).toEqual([
    100_000, 300_000, 5_000_000, 0,
  ]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e12 }), (amount) => expect(microUsd(usd(amount))).toBe(amount)),
  );
});

test('a failure is blamed by its code, and on the infrastructure where nobody else is known', () => {
  const blamedOn = (who: string): string[] =>
    Object.keys(ERRORS)
      .filter((code) => isErrorCode(code) && taskError(code, '').class === who)
      .sort();
  expect(blamedOn('agent')).toEqual([
    'checks_failed',
    'gave_up',
    'merge_conflict',
    'plan_invalid',
    'provider_refused',
    'turns_exhausted',
  ]);
  expect(blamedOn('provider')).toEqual(['provider_failed']);
  expect(blamedOn('environment')).toEqual(['sandbox_unavailable', 'setup_failed']);
  expect(blamedOn('policy')).toEqual([]);
  expect(taskError('attempt_lost', 'gone')).toEqual({
    code: 'attempt_lost',
    class: 'infrastructure',
    detail: 'gone',
  });
  for (const no of ['__proto__', 'toString', '', null, undefined]) expect(isErrorCode(no)).toBe(false);
});

test('a role ends with a tool that it has, and only builders write', () => {
  for (const role of Object.values(AGENT_ROLES)) {
    expect(role.tools).toContain(role.ends);
    expect(new Set(role.tools).size).toBe(role.tools.length);
  }
  expect(
    Object.entries(AGENT_ROLES)
      .filter(([, role]) => role.mayWrite)
      .map(([name]) => name),
  ).toEqual(['builder']);
});

test('lockfiles suggest one setup for each tool', () => {
  expect(suggestedSetup(['README.md', 'package.json'])).toEqual([]);
  expect(suggestedSetup(['yarn.lock', 'package-lock.json', 'uv.lock'])).toEqual([
    'npm ci',
    'uv sync --frozen',
  ]);
});

test('the nearest word is a near one', () => {
  expect(nearest('max_worker', ['max_workers', 'model'])).toBe('max_workers');
  expect(nearest('Titel', ['title', 'description'])).toBe('title');
  expect(nearest('zzzzzz', ['title', 'description'])).toBeNull();
  expect(nearest('title', [])).toBeNull();
});
