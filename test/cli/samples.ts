import type { WirePlan } from '../../src/contract/plan.ts';
import type { WireStatus, WireTaskStatus } from '../../src/contract/status.ts';

export const JOB = 'j4k2m9x7qp';
export const SHA = 'a1b2c3d4'.repeat(5);

const USAGE = { input_tokens: 1_000, output_tokens: 200, cache_read_tokens: 0, cache_write_tokens: 0 };

/** A task that has not begun. */
export const task = (
  task_id: string,
  title: string,
  given: Partial<WireTaskStatus> = {},
): WireTaskStatus => ({
  task_id,
  title,
  state: 'pending',
  waiting_on: given.state === undefined ? 'dependencies' : null,
  next_action_at: null,
  worker: null,
  attempt: 0,
  depends_on: [],
  activity: null,
  cost_usd: 0,
  usage: USAGE,
  turns: 0,
  error: null,
  base_sha: null,
  head_sha: null,
  started_at: null,
  finished_at: null,
  ...given,
});

export const completed = (
  task_id: string,
  title: string,
  given: Partial<WireTaskStatus> = {},
): WireTaskStatus =>
  task(task_id, title, {
    state: 'completed',
    attempt: 1,
    cost_usd: 0.08,
    turns: 6,
    head_sha: SHA,
    started_at: at(10),
    finished_at: at(51),
    ...given,
  });

export const running = (
  task_id: string,
  title: string,
  given: Partial<WireTaskStatus> = {},
): WireTaskStatus =>
  task(task_id, title, {
    state: 'running',
    attempt: 1,
    worker: 'worker-1',
    cost_usd: 0.11,
    turns: 4,
    activity: { text: 'edits src/routes/login.ts', turn: 4, cost_usd: 0.11, at: at(120) },
    started_at: at(60),
    ...given,
  });

export const failed = (task_id: string, title: string, given: Partial<WireTaskStatus> = {}): WireTaskStatus =>
  completed(task_id, title, {
    state: 'failed',
    head_sha: null,
    error: { code: 'checks_failed', class: 'agent', detail: 'npm test exited with 1' },
    ...given,
  });

const START = Date.UTC(2026, 10, 21, 10, 0, 0);
/** A moment so many seconds after the job began. */
export const at = (seconds: number): string => new Date(START + seconds * 1_000).toISOString();
export const now = (seconds: number): number => START + seconds * 1_000;

const BUDGET = { limit_usd: 5, spent_usd: 0.42, reserved_usd: 0.3, remaining_usd: 4.28 };

/** A running job of five tasks, a diamond and one beside it. */
export function status(given: Partial<WireStatus> = {}): WireStatus {
  const tasks = given.tasks ?? [
    completed('t1', 'Add the token store'),
    completed('t2', 'Add the login endpoint', {
      depends_on: ['t1'],
      started_at: at(55),
      finished_at: at(115),
    }),
    running('t3', 'Add the register endpoint', { depends_on: ['t1'] }),
    task('t4', 'Document both endpoints', { depends_on: ['t2', 't3'] }),
    running('t5', 'Add a changelog entry', { waiting_on: 'integration', started_at: at(100) }),
  ];
  const amount = (state: WireTaskStatus['state']) => tasks.filter((one) => one.state === state).length;
  return {
    job_id: JOB,
    title: 'Add user authentication',
    state: 'running',
    waiting_on: null,
    next_action_at: null,
    reason: null,
    provider: 'anthropic',
    model: 'claude-opus-5-5',
    labels: {},
    repository: { path: '/home/ana/shop', url: null, base: 'main' },
    base_sha: SHA,
    sandbox: 'bwrap',
    plan_revision: 1,
    approval: null,
    activity: null,
    progress: {
      pending: amount('pending'),
      running: amount('running'),
      completed: amount('completed'),
      failed: amount('failed'),
      cancelled: amount('cancelled'),
      total: tasks.length,
    },
    workers: [],
    budget: BUDGET,
    criteria: [],
    questions: [],
    warnings: [],
    delivery: { branch: `tutti/${JOB}`, state: 'delivered', reason: null },
    links: {
      self: `/orchestrate/${JOB}`,
      status: `/orchestrate/${JOB}/status`,
      plan: `/orchestrate/${JOB}/plan`,
      events: `/orchestrate/${JOB}/events`,
      diff: `/orchestrate/${JOB}/diff`,
      temporal: `http://127.0.0.1:8234/namespaces/default/workflows/job%3A${JOB}`,
    },
    created_at: at(0),
    updated_at: at(120),
    finished_at: null,
    ...given,
    tasks,
  };
}

/** The same job when it is over. */
export const finished = (given: Partial<WireStatus> = {}): WireStatus =>
  status({
    state: 'completed',
    finished_at: at(252),
    tasks: [
      completed('t1', 'Add the token store'),
      completed('t2', 'Add the login endpoint', { depends_on: ['t1'] }),
    ],
    budget: { limit_usd: 5, spent_usd: 0.19, reserved_usd: 0, remaining_usd: 4.81 },
    criteria: [
      { criterion_id: 'c1', text: 'All tests pass', check_ids: ['k1'], state: 'met', evidence: null },
      {
        criterion_id: 'c2',
        text: 'Right status codes',
        check_ids: ['k2'],
        state: 'unverifiable',
        evidence: null,
      },
    ],
    ...given,
  });

export const plan = (given: Partial<WirePlan> = {}): WirePlan => ({
  revision: 1,
  source: 'model',
  summary: 'Two endpoints on the existing User model.',
  base_sha: SHA,
  tasks: [
    {
      task_id: 't1',
      title: 'Add the token store',
      instructions: 'Keep tokens hashed.\nExpire them after an hour.',
      depends_on: [],
      files: ['src/store/**'],
      checks: ['k1'],
      model: 'claude-opus-5-5',
      max_attempts: 1,
      estimate_usd: 0.2,
    },
    {
      task_id: 't2',
      title: 'Add the login endpoint',
      instructions: 'Answer 401 to a wrong password.',
      depends_on: ['t1'],
      files: [],
      checks: [],
      model: 'claude-opus-5-5',
      max_attempts: 2,
      estimate_usd: null,
    },
  ],
  checks: [
    {
      check_id: 'k1',
      criterion_id: 'c1',
      kind: 'command',
      command: 'npm test',
      expect_exit: 0,
      timeout_s: 600,
      origin: 'plan',
    },
    {
      check_id: 'k2',
      criterion_id: 'c2',
      kind: 'review',
      command: 'Right status codes',
      expect_exit: 0,
      timeout_s: 600,
      origin: 'plan',
    },
  ],
  setup: ['npm ci'],
  network: 'none',
  estimate_usd: { low: 0.2, high: 0.9 },
  warnings: ['No command checks c2.'],
  ...given,
});
