import { withApi } from '../support/api.ts';
import type { Client } from '../../src/contract/client.ts';

const script = (text: string) => ({ title: 'a task', instructions: `\`\`\`sh\n${text}\n\`\`\`` });
const check = { check_id: 'k1', command: 'test -e done.txt' };

const given = (repository: string, text = 'true', more: Record<string, unknown> = {}) => ({
  title: 'A job',
  description: 'Do it.',
  provider: 'outline' as const,
  repository,
  plan: { tasks: [{ ...script(text), checks: ['k1'] }], checks: [check] },
  ...more,
});

const refused = (status: number, code: string, more = {}) =>
  expect.objectContaining({ status, code, ...more });

async function started(client: Client, repository: string, text?: string): Promise<string> {
  const { job_id } = await client.submit({ body: given(repository, text) });
  await client.approve({ job_id });
  return job_id;
}

test('what the state of a job forbids is refused with the state and what it allows', () =>
  withApi({}, async (api, { repo }) => {
    const ana = api.as();
    const { job_id } = await ana.submit({ body: given(repo, 'sleep 30') });
    const stale = refused(409, 'stale_revision', { state: 'awaiting_approval' });
    await expect(ana.approve({ job_id, body: { plan_revision: 7 } })).rejects.toEqual(stale);
    await expect(ana.retry({ job_id, task_id: 't1' })).rejects.toEqual(refused(409, 'not_retryable'));
    await ana.approve({ job_id });
    const running = refused(409, 'not_awaiting_approval', {
      state: 'running',
      allowed: expect.arrayContaining(['cancel']),
    });
    await expect(ana.approve({ job_id })).rejects.toEqual(running);
    await expect(ana.retry({ job_id, task_id: 't1' })).rejects.toEqual(refused(409, 'not_retryable'));
    await expect(ana.retry({ job_id, task_id: 't9' })).rejects.toEqual(refused(404, 'task_not_found'));
    await expect(ana.delete({ job_id })).rejects.toEqual(refused(409, 'job_running'));
    await expect(ana.delete({ job_id })).rejects.toEqual(refused(409, 'job_running'));
    await expect(ana.budget({ job_id, body: { limit_usd: 0.000001 } })).resolves.toMatchObject({
      budget: {},
    });
    expect(await ana.delete({ job_id, force: 'true' })).toMatchObject({ deleted: true });
    await expect(ana.delete({ job_id, force: 'true' })).rejects.toEqual(refused(404, 'job_not_found'));

    const other = await ana.submit({ body: given(repo) });
    expect(await ana.reject({ job_id: other.job_id, body: { reason: 'no' } })).toMatchObject({
      state: expect.any(String),
    });
    expect((await ana.status({ job_id: other.job_id, until: 'rejected' })).reason).toBe('no');
    await expect(ana.approve({ job_id: other.job_id })).rejects.toEqual(
      refused(409, 'not_awaiting_approval', { state: 'rejected' }),
    );
  }));

test('a failed task is retried with feedback, and a job with failures is closed with what is merged', () =>
  withApi({}, async (api, { repo }) => {
    const ana = api.as();
    const job_id = await started(ana, repo);
    const stuck = await ana.status({ job_id, until: 'needs_attention', wait_s: 30 });
    expect(stuck).toMatchObject({
      waiting_on: 'person',
      tasks: [{ state: 'failed', attempt: 1, error: { code: 'checks_failed', class: 'agent' } }],
    });
    expect(await ana.log({ job_id, task_id: 't1', tail: 3 })).toContain('failed k1');
    const again = await ana.retry({ job_id, task_id: 't1', body: { feedback: 'Try again.' } });
    expect(again).toEqual({ task_id: 't1', attempt: 2, state: 'pending' });
    const twice = await ana.status({ job_id, until: 'needs_attention', wait_s: 30 });
    expect(twice.tasks[0]?.attempt).toBe(2);
    await ana.close({ job_id, body: { reason: 'enough' } });
    expect(await ana.status({ job_id, until: 'completed' })).toMatchObject({
      state: 'completed_with_failures',
      reason: 'enough',
    });
  }));

test('a command repeated with its key takes effect once, also after the job has closed', () =>
  withApi({}, async (api, { repo }) => {
    const ana = api.as();
    const { job_id } = await ana.submit({ body: given(repo) });
    const raise = { job_id, body: { add_usd: 1 }, key: 'raise' };
    const first = await ana.budget(raise);
    expect(first.budget.limit_usd).toBe(6);
    expect(await ana.budget(raise)).toEqual(first);
    await expect(ana.budget({ ...raise, body: { add_usd: 2 } })).rejects.toEqual(
      refused(422, 'idempotency_mismatch'),
    );
    await expect(ana.budget({ job_id, body: { add_usd: 1 } })).rejects.toEqual(
      refused(422, 'invalid_field', { errors: [expect.objectContaining({ pointer: '/add_usd' })] }),
    );
    await ana.cancel({ job_id, key: 'stop' });
    await ana.status({ job_id, until: 'cancelled' });
    expect(await ana.budget(raise)).toEqual(first);
    await expect(ana.cancel({ job_id })).rejects.toMatchObject({ status: 409, state: 'cancelled' });
  }));

test('a submit repeated with its key finds its job; another body, subject or a deleted job do not', () =>
  withApi({}, async (api, { repo }) => {
    const ana = api.as();
    const body = given(repo);
    const [one, two] = await Promise.all([ana.submit({ body, key: 'k' }), ana.submit({ body, key: 'k' })]);
    expect(two.job_id).toBe(one.job_id);
    expect(await ana.submit({ body, key: 'k' })).toEqual(one);
    await expect(ana.submit({ body: { ...body, title: 'Other' }, key: 'k' })).rejects.toEqual(
      refused(422, 'idempotency_mismatch'),
    );
    expect((await api.as('bo').submit({ body, key: 'k' })).job_id).not.toBe(one.job_id);
    await ana.reject({ job_id: one.job_id });
    await ana.status({ job_id: one.job_id, until: 'rejected' });
    expect(await ana.submit({ body, key: 'k' })).toMatchObject({ job_id: one.job_id, state: 'rejected' });
    await ana.delete({ job_id: one.job_id });
    await expect(ana.submit({ body, key: 'k' })).rejects.toEqual(refused(409, 'job_deleted'));
  }));

test('a submitter cancels and deletes own jobs only', () =>
  withApi({}, async (api, { repo }) => {
    const { job_id } = await api.as('ana', ['submitter']).submit({ body: given(repo) });
    const bo = api.as('bo', ['submitter']);
    await expect(bo.cancel({ job_id })).rejects.toEqual(refused(403, 'role_required'));
    await expect(bo.delete({ job_id })).rejects.toEqual(refused(403, 'role_required'));
    expect(await api.as('op', ['operator']).cancel({ job_id })).toMatchObject({ job_id });
    await api.as('ana', ['submitter']).status({ job_id, until: 'cancelled' });
    expect(await api.as('ana', ['submitter']).delete({ job_id })).toMatchObject({ deleted: true });
  }));

test('a submit that need not wait answers 202 with where to look', () =>
  withApi({}, async (api, { repo }) => {
    const { status, headers, json } = await api.request('POST', '/orchestrate/submit', {
      body: given(repo),
      headers: { prefer: 'respond-async' },
    });
    expect(status).toBe(202);
    expect(headers.get('retry-after')).toBe('5');
    expect(headers.get('location')).toBe(`/orchestrate/${String(json?.['job_id'])}/status`);
    expect(json).not.toHaveProperty('plan');
    const plan = await api.as().status({ job_id: String(json?.['job_id']), until: 'awaiting_approval' });
    expect(plan.state).toBe('awaiting_approval');
  }));
