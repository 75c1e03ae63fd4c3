import { apiScript } from '../support/program.ts';
import { bash, submitPlan, submitResult } from '../support/replies.ts';
import { sh } from '../support/repository.ts';
import { withServer } from '../support/server.ts';
import { withModelEndpoint } from '../support/model-endpoint.ts';
import type { EndpointRecord, ScriptedAgent } from '../support/model-endpoint.ts';

/** The body of the original skill, word for word. */
const BODY = `{
"title": "Add user authentication",
"description": "Implement JWT-based auth with login/register endpoints",
"constraints": ["Use existing User model", "Add pytest tests"],
"acceptance_criteria": ["All tests pass", "Endpoints return proper status codes"],
"max_workers": 3,
"budget_usd": 5.0,
"provider": "anthropic"
}`;

const agents: ScriptedAgent[] = [
  {
    tool: 'submit_plan',
    turns: [
      bash('ls', { text: 'I read the repository first.', thinking: 'What is there?' }),
      bash('cat readme.md'),
      submitPlan(
        [
          { title: 'Write the tokens', files: ['tokens.py'], checks: ['tokens'] },
          { title: 'Write the endpoints', depends_on: ['t1'], files: ['api.py'], checks: ['api'] },
        ],
        [
          { check_id: 'tokens', criterion_id: 'c1', command: 'test -f tokens.py' },
          { check_id: 'api', criterion_id: 'c2', command: 'grep -q 201 api.py' },
        ],
      ),
    ],
  },
  {
    when: 'Your task: Write the tokens',
    turns: [bash('echo "x = 1" > tokens.py'), bash('cat tokens.py'), submitResult()],
  },
  {
    when: 'Your task: Write the endpoints',
    turns: [
      bash('test -f tokens.py && echo 500 > api.py'),
      submitResult(),
      // After the retry.
      bash('echo 201 > api.py'),
      submitResult(),
    ],
  },
];

test(
  "the skill's own calls take a job from its spec to merged work, and every request extends the one before",
  () =>
    withModelEndpoint(agents, (endpoint) =>
      withServer(
        { env: { ANTHROPIC_API_KEY: 'test-key', ANTHROPIC_BASE_URL: endpoint.url } },
        async (server) => {
          const call = (...args: string[]) => apiScript(server, ...args);
          const submitted = await call('POST', '/orchestrate/submit', BODY);
          expect(submitted).toMatchObject({ code: 0, stderr: '' });
          expect(submitted.json).toMatchObject({
            job_id: expect.stringMatching(/^j[0-9a-z]{9}$/),
            state: 'awaiting_approval',
            plan: {
              revision: 1,
              source: 'model',
              tasks: [
                { task_id: 't1', title: 'Write the tokens', depends_on: [] },
                { task_id: 't2', title: 'Write the endpoints', depends_on: ['t1'] },
              ],
            },
            budget: { limit_usd: 5 },
            max_workers: 3,
            provider: 'anthropic',
          });
          const job = `/orchestrate/${String(submitted.json['job_id'])}`;

          expect((await call('POST', `${job}/approve`, '{}')).json).toEqual({
            job_id: submitted.json['job_id'],
            state: 'running',
          });
          const stuck = await call('GET', `${job}/status?until=needs_attention&wait_s=50`);
          expect(stuck.json).toMatchObject({
            state: 'needs_attention',
            waiting_on: 'person',
            progress: { completed: 1, failed: 1, total: 2 },
            tasks: [{ state: 'completed' }, { state: 'failed', error: { code: 'checks_failed' } }],
          });

          const early = await call('POST', `${job}/task/t1/retry`, '{}');
          expect(early).toMatchObject({ code: 1, json: { status: 409, code: 'not_retryable' } });
          expect(early.stderr).toMatch(/^HTTP 409 not_retryable: /);
          const retried = await call('POST', `${job}/task/t2/retry`, '{}');
          expect(retried).toMatchObject({ code: 0, json: { task_id: 't2', attempt: 2 } });
          const ended = await call('GET', `${job}/status?until=completed&wait_s=50`);
          expect(ended.json).toMatchObject({
            state: 'completed',
            criteria: [{ state: 'met' }, { state: 'met' }],
          });
          expect(await sh(server.repo, `git show tutti/${String(submitted.json['job_id'])}:api.py`)).toBe(
            '201',
          );

          const list = await call('GET', '/orchestrate/jobs');
          expect(list.json['jobs']).toMatchObject([
            { job_id: submitted.json['job_id'], title: 'Add user authentication', state: 'completed' },
          ]);
          const { providers } = (await call('GET', '/orchestrate/providers')).json;
          expect(providers).toContainEqual(
            expect.objectContaining({ id: 'anthropic', configured: true, reachable: true, default: true }),
          );
          expect((await call('DELETE', job)).json).toMatchObject({ deleted: true });
          expect(await call('GET', `${job}/status`)).toMatchObject({
            code: 1,
            json: { code: 'job_not_found' },
          });

          expectCached(endpoint.requests);
          expect(endpoint.requests.every((request) => request.answered)).toBe(true);
        },
      ),
    ),
  120_000,
);

interface Sent {
  readonly system: readonly Record<string, unknown>[];
  readonly messages: readonly { readonly content: readonly Record<string, unknown>[] }[];
}

/** Each request carries marks, and starts with the whole of the one before it in the same conversation. */
function expectCached(requests: readonly EndpointRecord[]): void {
  const talks = new Map<string, string[]>();
  for (const { body, firstText, tools } of requests) {
    const { system, messages } = body as unknown as Sent;
    expect(system.at(-1)).toHaveProperty('cache_control', { type: 'ephemeral' });
    expect(messages.at(-1)?.content.at(-1)).toHaveProperty('cache_control', { type: 'ephemeral' });
    const fixed = JSON.stringify([body['tools'], system]);
    const parts = [fixed, ...messages.map((message) => withoutMarks(message))];
    const key = `${tools.join()} ${firstText}`;
    const before = talks.get(key);
    if (before) expect(parts.slice(0, before.length)).toEqual(before);
    talks.set(key, parts);
  }
  expect(talks.size).toBe(3);
}

const withoutMarks = (message: unknown): string =>
  JSON.stringify(message, (key, value: unknown) => (key === 'cache_control' ? undefined : value));
