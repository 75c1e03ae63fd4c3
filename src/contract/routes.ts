import { z } from 'zod';
import { approveBody, budgetAnswer, budgetBody, deleteAnswer, emptyBody } from './commands.ts';
import { reasonBody, retryAnswer, retryBody, stateAnswer } from './commands.ts';
import { jobList, jobsQuery } from './jobs.ts';
import { plan } from './plan.ts';
import { providerList } from './providers.ts';
import {
  deleteQuery,
  diffQuery,
  eventsQuery,
  logQuery,
  statusQuery,
  turnQuery,
  turnsQuery,
} from './queries.ts';
import { status } from './status.ts';
import { submitBody, submitted } from './submit.ts';
import { diffAnswer, turnDetail, turnList } from './turns.ts';
import type { Route } from './route.ts';

const JOB = ['job_not_found'] as const;
const TASK = ['job_not_found', 'task_not_found'] as const;
const COMMAND = ['job_not_found', 'not_allowed_now', 'idempotency_mismatch'] as const;
const anything = z.record(z.string(), z.unknown());

/** Every route of the API. A row here, and the server does not compile without its handler. */
export const ROUTES = {
  submit: {
    method: 'POST',
    path: '/orchestrate/submit',
    summary: 'Submit a spec; it is planned and waits for approval',
    permission: 'submit',
    body: submitBody,
    answers: {
      201: { description: 'The plan is ready', json: submitted },
      202: {
        description: 'The job is being planned; Location and Retry-After say where and when',
        json: submitted,
      },
    },
    errors: [
      'budget_too_small',
      'idempotency_mismatch',
      'job_deleted',
      'model_unpriced',
      'plan_invalid',
      'provider_unavailable',
      'repository_not_allowed',
      'repository_unusable',
      'sandbox_unavailable',
    ],
  },
  jobs: {
    method: 'GET',
    path: '/orchestrate/jobs',
    summary: 'Jobs, the newest first',
    permission: 'read',
    query: jobsQuery,
    answers: { 200: { description: 'A page of jobs', json: jobList } },
    errors: [],
  },
  providers: {
    method: 'GET',
    path: '/orchestrate/providers',
    summary: "Who can play the model's side, with prices",
    permission: 'read',
    answers: { 200: { description: 'All providers', json: providerList } },
    errors: [],
  },
  job: {
    method: 'GET',
    path: '/orchestrate/{job_id}',
    summary: 'The status of a job',
    permission: 'read',
    query: statusQuery,
    answers: { 200: { description: 'The status', json: status } },
    errors: JOB,
  },
  status: {
    method: 'GET',
    path: '/orchestrate/{job_id}/status',
    summary: 'The status of a job',
    permission: 'read',
    query: statusQuery,
    answers: { 200: { description: 'The status', json: status } },
    errors: JOB,
  },
  plan: {
    method: 'GET',
    path: '/orchestrate/{job_id}/plan',
    summary: 'The plan of a job',
    permission: 'read',
    answers: { 200: { description: 'The plan', json: plan } },
    errors: ['job_not_found', 'plan_not_ready'],
  },
  approve: {
    method: 'POST',
    path: '/orchestrate/{job_id}/approve',
    summary: 'Approve the plan; its tasks begin',
    permission: 'decide',
    body: approveBody,
    answers: { 200: { description: 'Approved', json: stateAnswer } },
    errors: [...COMMAND, 'not_awaiting_approval', 'stale_revision'],
  },
  reject: {
    method: 'POST',
    path: '/orchestrate/{job_id}/reject',
    summary: 'Reject the plan; the job ends',
    permission: 'decide',
    body: reasonBody,
    answers: { 200: { description: 'Rejected', json: stateAnswer } },
    errors: [...COMMAND, 'not_awaiting_approval'],
  },
  cancel: {
    method: 'POST',
    path: '/orchestrate/{job_id}/cancel',
    summary: 'Cancel the job; what is merged stays',
    permission: 'cancel',
    body: emptyBody,
    answers: { 200: { description: 'Being cancelled', json: stateAnswer } },
    errors: COMMAND,
  },
  close: {
    method: 'POST',
    path: '/orchestrate/{job_id}/close',
    summary: 'End the job with what is merged',
    permission: 'decide',
    body: reasonBody,
    answers: { 200: { description: 'Being closed', json: stateAnswer } },
    errors: COMMAND,
  },
  budget: {
    method: 'POST',
    path: '/orchestrate/{job_id}/budget',
    summary: 'Set or raise the budget',
    permission: 'budget',
    body: budgetBody,
    answers: { 200: { description: 'The budget', json: budgetAnswer } },
    errors: COMMAND,
  },
  retry: {
    method: 'POST',
    path: '/orchestrate/{job_id}/task/{task_id}/retry',
    summary: 'Order one more attempt of a failed task',
    permission: 'retry',
    body: retryBody,
    answers: { 202: { description: 'Ordered', json: retryAnswer } },
    errors: [...COMMAND, 'task_not_found', 'not_retryable'],
  },
  events: {
    method: 'GET',
    path: '/orchestrate/{job_id}/events',
    summary: 'Server-sent events of a job, resumable by Last-Event-ID',
    permission: 'read',
    query: eventsQuery,
    answers: {
      200: { description: 'The stream; it ends after the final event', text: 'text/event-stream' },
      204: { description: 'The job is closed and `after` is its last event' },
    },
    errors: JOB,
  },
  diff: {
    method: 'GET',
    path: '/orchestrate/{job_id}/diff',
    summary: 'What the job has merged',
    permission: 'read',
    query: diffQuery,
    answers: { 200: { description: 'The diff; JSON by Accept', text: 'text/x-diff', json: diffAnswer } },
    errors: [...JOB, 'not_acceptable'],
  },
  taskDiff: {
    method: 'GET',
    path: '/orchestrate/{job_id}/task/{task_id}/diff',
    summary: 'What a task has changed',
    permission: 'read',
    query: diffQuery,
    answers: { 200: { description: 'The diff; JSON by Accept', text: 'text/x-diff', json: diffAnswer } },
    errors: [...TASK, 'not_acceptable'],
  },
  log: {
    method: 'GET',
    path: '/orchestrate/{job_id}/task/{task_id}/log',
    summary: "What a task's agent said and did, as text",
    permission: 'read',
    query: logQuery,
    answers: { 200: { description: 'The log', text: 'text/plain' } },
    errors: TASK,
  },
  turns: {
    method: 'GET',
    path: '/orchestrate/{job_id}/task/{task_id}/turns',
    summary: 'The turns of a task',
    permission: 'read',
    query: turnsQuery,
    answers: { 200: { description: 'The turns, oldest first', json: turnList } },
    errors: TASK,
  },
  turn: {
    method: 'GET',
    path: '/orchestrate/{job_id}/task/{task_id}/turns/{n}',
    summary: 'One turn in full',
    permission: 'read',
    query: turnQuery,
    answers: { 200: { description: 'The turn', json: turnDetail } },
    errors: [...TASK, 'turn_not_found'],
  },
  delete: {
    method: 'DELETE',
    path: '/orchestrate/{job_id}',
    summary: 'Cancel a job and drop what Tutti keeps of it; a delivered branch stays',
    permission: 'delete',
    query: deleteQuery,
    answers: {
      200: { description: 'Deleted', json: deleteAnswer },
      202: { description: 'Being cancelled; then it is deleted', json: deleteAnswer },
    },
    errors: ['job_not_found', 'job_running', 'idempotency_mismatch'],
  },
  health: {
    method: 'GET',
    path: '/healthz',
    summary: 'Whether the API is alive',
    permission: null,
    answers: { 200: { description: 'Alive', json: z.object({ status: z.string(), version: z.string() }) } },
    errors: [],
  },
  ready: {
    method: 'GET',
    path: '/readyz',
    summary: 'Whether Temporal is reachable and workers are polling',
    permission: null,
    answers: { 200: { description: 'Ready', json: z.object({ status: z.string() }) } },
    errors: ['engine_unavailable'],
  },
  openapi: {
    method: 'GET',
    path: '/openapi.json',
    summary: 'This document',
    permission: null,
    answers: { 200: { description: 'OpenAPI 3.1', json: anything } },
    errors: [],
  },
  docs: {
    method: 'GET',
    path: '/docs',
    summary: 'The API as a page',
    permission: null,
    answers: { 200: { description: 'The page', text: 'text/html' } },
    errors: [],
  },
} as const satisfies Record<string, Route>;

export type Routes = typeof ROUTES;
export type RouteName = keyof Routes;
