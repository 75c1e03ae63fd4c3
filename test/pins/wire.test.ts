import { ERRORS } from '../../src/domain/errors.ts';
import { ACCESS } from '../../src/domain/access.ts';
import { EVENT_TYPES } from '../../src/contract/events.ts';
import { jobState, taskState } from '../../src/contract/fields.ts';
import { ROUTES } from '../../src/contract/routes.ts';
import { plan } from '../../src/contract/plan.ts';
import { status } from '../../src/contract/status.ts';
import { submitBody, submitted } from '../../src/contract/submit.ts';
import { jobItem } from '../../src/contract/jobs.ts';
import { problem } from '../../src/contract/problem.ts';
import { turn } from '../../src/contract/turns.ts';

// What clients depend on, written out. Something added belongs here too; something changed breaks a client.

test('the codes of errors and their HTTP status', () => {
  const statuses = Object.entries(ERRORS).map(([code, row]) => [code, row.status]);
  expect(Object.fromEntries(statuses)).toEqual({
    invalid_json: 400,
    invalid_query: 400,
    unauthenticated: 401,
    role_required: 403,
    repository_not_allowed: 403,
    not_found: 404,
    job_not_found: 404,
    task_not_found: 404,
    turn_not_found: 404,
    plan_not_ready: 404,
    method_not_allowed: 405,
    not_acceptable: 406,
    job_closed: 409,
    job_deleted: 409,
    job_running: 409,
    not_allowed_now: 409,
    not_awaiting_approval: 409,
    not_retryable: 409,
    stale_revision: 409,
    body_too_large: 413,
    unsupported_media_type: 415,
    wrong_host: 421,
    budget_too_small: 422,
    idempotency_mismatch: 422,
    invalid_field: 422,
    model_unpriced: 422,
    plan_invalid: 422,
    provider_unavailable: 422,
    repository_unusable: 422,
    rate_limited: 429,
    internal: 500,
    engine_stuck: 503,
    engine_unavailable: 503,
    sandbox_unavailable: 503,
    attempt_lost: 500,
    checks_failed: 500,
    gave_up: 500,
    merge_conflict: 500,
    provider_failed: 500,
    provider_refused: 500,
    repository_unreachable: 500,
    setup_failed: 500,
    turns_exhausted: 500,
  });
});

test('the routes, their paths and what they answer', () => {
  const rows = Object.entries(ROUTES).map(([name, { method, path, answers }]) => [
    name,
    `${method} ${path} → ${Object.keys(answers).join()}`,
  ]);
  expect(Object.fromEntries(rows)).toEqual({
    submit: 'POST /orchestrate/submit → 201,202',
    jobs: 'GET /orchestrate/jobs → 200',
    providers: 'GET /orchestrate/providers → 200',
    job: 'GET /orchestrate/{job_id} → 200',
    status: 'GET /orchestrate/{job_id}/status → 200',
    plan: 'GET /orchestrate/{job_id}/plan → 200',
    approve: 'POST /orchestrate/{job_id}/approve → 200',
    reject: 'POST /orchestrate/{job_id}/reject → 200',
    cancel: 'POST /orchestrate/{job_id}/cancel → 200',
    close: 'POST /orchestrate/{job_id}/close → 200',
    budget: 'POST /orchestrate/{job_id}/budget → 200',
    retry: 'POST /orchestrate/{job_id}/task/{task_id}/retry → 202',
    events: 'GET /orchestrate/{job_id}/events → 200,204',
    diff: 'GET /orchestrate/{job_id}/diff → 200',
    taskDiff: 'GET /orchestrate/{job_id}/task/{task_id}/diff → 200',
    log: 'GET /orchestrate/{job_id}/task/{task_id}/log → 200',
    turns: 'GET /orchestrate/{job_id}/task/{task_id}/turns → 200',
    turn: 'GET /orchestrate/{job_id}/task/{task_id}/turns/{n} → 200',
    delete: 'DELETE /orchestrate/{job_id} → 200,202',
    health: 'GET /healthz → 200',
    ready: 'GET /readyz → 200',
    openapi: 'GET /openapi.json → 200',
    docs: 'GET /docs → 200',
  });
});

test('the states of jobs and tasks', () => {
  expect(jobState.options).toEqual([
    'planning',
    'awaiting_approval',
    'running',
    'pausing',
    'paused',
    'verifying',
    'needs_attention',
    'cancelling',
    'completed',
    'completed_with_failures',
    'failed',
    'rejected',
    'cancelled',
  ]);
  expect(taskState.options).toEqual(['pending', 'running', 'completed', 'failed', 'cancelled']);
});

test('what jobs and tasks wait for', () => {
  expect(status.shape.waiting_on.unwrap().options).toEqual([
    'approval',
    'budget',
    'provider',
    'answer',
    'environment',
    'person',
  ]);
  expect(status.shape.tasks.element.shape.waiting_on.unwrap().options).toEqual([
    'approval',
    'dependencies',
    'assignment',
    'budget',
    'provider',
    'answer',
    'integration',
  ]);
});

test('the names of events', () => {
  expect(EVENT_TYPES).toEqual([
    'job.state',
    'plan.ready',
    'plan.changed',
    'task.state',
    'check.finished',
    'merge.finished',
    'budget.changed',
    'question.asked',
    'question.answered',
    'message.delivered',
    'approval.ignored',
    'turn.finished',
    'reset',
  ]);
});

test('who may do what', () => {
  expect(ACCESS).toEqual({
    read: { submitter: 'any', reviewer: 'any', operator: 'any', admin: 'any' },
    submit: { submitter: 'any', operator: 'any', admin: 'any' },
    retry: { submitter: 'own', operator: 'any', admin: 'any' },
    cancel: { submitter: 'own', operator: 'any', admin: 'any' },
    delete: { submitter: 'own', operator: 'own', admin: 'any' },
    decide: { reviewer: 'any', admin: 'any' },
    budget: { operator: 'any', admin: 'any' },
  });
});

test.each([
  [
    'SubmitBody',
    submitBody,
    'title description constraints acceptance_criteria max_workers max_attempts budget_usd provider model repository plan checks setup network auto_approve labels',
  ],
  [
    'Submitted',
    submitted,
    'job_id state plan budget warnings title provider model planner_model max_workers max_attempts repository base_sha auto_approve labels links',
  ],
  [
    'Status',
    status,
    'job_id title state waiting_on next_action_at reason provider model labels repository base_sha sandbox plan_revision approval activity progress tasks workers budget criteria questions warnings delivery links created_at updated_at finished_at',
  ],
  [
    'TaskStatus',
    status.shape.tasks.element,
    'task_id title state waiting_on next_action_at worker attempt depends_on activity cost_usd usage turns error base_sha head_sha started_at finished_at',
  ],
  ['Criterion', status.shape.criteria.element, 'criterion_id text check_ids state evidence'],
  ['Budget', status.shape.budget, 'limit_usd spent_usd reserved_usd remaining_usd'],
  ['Plan', plan, 'revision source summary base_sha tasks checks setup network estimate_usd warnings'],
  [
    'Task',
    plan.shape.tasks.element,
    'task_id title instructions depends_on files checks model max_attempts estimate_usd',
  ],
  ['Check', plan.shape.checks.element, 'check_id criterion_id kind command expect_exit timeout_s origin'],
  ['JobItem', jobItem, 'job_id title kind state progress budget created_at'],
  ['Turn', turn, 'n at model usage cost_usd tree_sha summary'],
  ['Problem', problem, 'type title status code detail errors state allowed job_id'],
])('the fields of %s', (_name, schema, fields) => {
  expect(Object.keys(schema.shape)).toEqual(fields.split(' '));
});
