import * as fc from 'fast-check';
import type { PlanOutline, TaskOutline } from '../../../src/domain/job/state.ts';
import type { Spec } from '../../../src/domain/spec.ts';

const SHA = 'b'.repeat(40);
const dollars = (price: number) => ({
  input: price,
  output: price * 5,
  cacheRead: price / 10,
  cacheWrite: price,
});

/** A spec with everything taken from defaults that matter to nothing here. */
export const specOf = (more: Partial<Spec> = {}): Spec => ({
  title: 'A job',
  description: 'Do it.',
  constraints: [],
  acceptanceCriteria: ['It works', 'It is fast'],
  checks: [],
  setup: null,
  network: null,
  plan: null,
  maxParallel: 3,
  maxAttempts: 1,
  budget: 5_000_000,
  provider: 'scripted',
  model: 'usual',
  plannerModel: 'usual',
  models: [
    { id: 'usual', price: dollars(2), contextTokens: 200_000 },
    { id: 'dear', price: dollars(10), contextTokens: 200_000 },
    { id: 'odd', price: dollars(0.32), contextTokens: 200_000 },
  ],
  source: { kind: 'path', path: '/repo', base: 'main', baseSha: SHA, hub: 'repo.git' },
  autoApprove: false,
  labels: {},
  warnings: [],
  ...more,
});

export const taskOutline = (taskId: string, more: Partial<TaskOutline> = {}): TaskOutline => ({
  taskId,
  title: `Task ${taskId}`,
  dependsOn: [],
  files: [],
  model: null,
  maxAttempts: null,
  estimate: 1_000,
  bytes: 200,
  ...more,
});

export const outlineOf = (tasks: readonly TaskOutline[]): PlanOutline => ({
  revision: 1,
  sha: 'e'.repeat(40),
  source: 'model',
  network: 'none',
  setupKey: null,
  tasks,
  criteria: ['c1', 'c2'],
  warnings: ['A warning.'],
});

export const anySpec = fc
  .record({
    maxParallel: fc.integer({ min: 1, max: 4 }),
    maxAttempts: fc.integer({ min: 1, max: 3 }),
    budget: fc.oneof(fc.integer({ min: 36_000, max: 300_000 }), fc.constant(5_000_000)),
    autoApprove: fc.boolean(),
  })
  .map(specOf);

export const anyPlan = fc
  .array(
    fc.record({
      before: fc.array(fc.nat(6), { maxLength: 2 }),
      files: fc.constantFrom<string[][]>([], [], ['a'], ['b'], ['a', 'c/'], ['**']),
      model: fc.constantFrom(null, null, 'dear', 'odd'),
      maxAttempts: fc.constantFrom(null, null, 1, 2),
      bytes: fc.nat(2_000),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((rows) =>
    outlineOf(
      rows.map(({ before, ...more }, index) =>
        taskOutline(`t${index + 1}`, {
          ...more,
          dependsOn: [...new Set(before.filter((n) => n < index).map((n) => `t${n + 1}`))],
        }),
      ),
    ),
  );
