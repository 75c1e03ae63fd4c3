import { readCalls } from '../../src/store/calls.ts';
import { openHub } from '../../src/store/hub.ts';
import { attemptRefs } from '../../src/store/attempt-refs.ts';
import { readRef } from '../../src/store/refs.ts';
import { bash, submitResult } from '../support/replies.ts';
import { givenPlan, withEngine } from '../support/engine.ts';
import { withModelEndpoint } from '../support/model-endpoint.ts';
import type { CallRecord } from '../../src/domain/conversation.ts';
import type { EndpointReply, ScriptedAgent } from '../support/model-endpoint.ts';

const OVERLOADED = { status: 529 } as const;
const CUT = bash('true', { fault: 'cut' });
const USAGE = { input: 3_000, output: 100, cache_read: 0, cache_write: 0 };
const GOOD = submitResult({ usage: USAGE });
const ANSWER_COST = 3_000 * 2 + 100 * 10;

/** What the endpoint does to a task's first requests before it answers well, and what becomes of the task. */
const CASES: readonly {
  readonly name: string;
  readonly faults: readonly EndpointReply[];
  readonly requests: number;
  /** Null: the task is completed. */
  readonly error: { readonly code: string; readonly says: string } | null;
  /** Requests that may have cost something and whose cost nobody told: each is charged at its reservation. */
  readonly lost: number;
}[] = [
  { name: 'overloaded twice', faults: [OVERLOADED, OVERLOADED], requests: 3, error: null, lost: 0 },
  {
    name: 'overloaded for good',
    faults: [OVERLOADED, OVERLOADED, OVERLOADED],
    requests: 3,
    error: { code: 'provider_failed', says: '529' },
    lost: 0,
  },
  {
    name: 'limited for two seconds',
    faults: [{ status: 429, headers: { 'retry-after': '2' } }],
    requests: 2,
    error: null,
    lost: 0,
  },
  { name: 'broken inside', faults: [{ status: 500 }, { status: 503 }], requests: 3, error: null, lost: 0 },
  { name: 'cut once', faults: [CUT], requests: 2, error: null, lost: 1 },
  {
    name: 'cut for good',
    faults: [CUT, CUT, CUT],
    requests: 3,
    error: { code: 'provider_failed', says: '3 requests made' },
    lost: 3,
  },
  { name: 'dropped', faults: [{ fault: 'drop' }], requests: 2, error: null, lost: 1 },
  {
    name: 'overloaded in the stream',
    faults: [bash('true', { fault: 'error_event' })],
    requests: 2,
    error: null,
    lost: 1,
  },
  {
    name: 'a gateway without its upstream',
    faults: [{ status: 502 }],
    requests: 2,
    error: null,
    lost: 1,
  },
  {
    name: 'a bad request',
    faults: [{ status: 400, message: 'too many tools' }],
    requests: 1,
    error: { code: 'provider_failed', says: 'too many tools' },
    lost: 0,
  },
  {
    name: 'a wrong key',
    faults: [{ status: 401 }],
    requests: 1,
    error: { code: 'provider_failed', says: '401' },
    lost: 0,
  },
  {
    name: 'refused by the model',
    faults: [{ text: 'I will not.', stop: 'refusal', usage: USAGE }],
    requests: 1,
    error: { code: 'provider_refused', says: 'I will not.' },
    lost: 0,
  },
];

const agents = CASES.map(({ name, faults }): ScriptedAgent => ({
  when: `Your task: ${name}\n`,
  turns: [{ ...GOOD, first: [...faults] }],
}));

test('whatever the provider does, a call makes at most three requests, no attempt is charged, and each request is on the bill', () =>
  withModelEndpoint(agents, (endpoint) =>
    withEngine(
      { env: { ANTHROPIC_API_KEY: 'test-key', ANTHROPIC_BASE_URL: endpoint.url } },
      async ({ submit, config }) => {
        const plan = givenPlan(CASES.map(() => ({ script: '', maxAttempts: 1 })));
        const job = await submit({
          provider: 'anthropic',
          autoApprove: true,
          maxParallel: CASES.length,
          budget: 50_000_000,
          plan: { ...plan, tasks: plan.tasks.map((task, n) => ({ ...task, title: CASES[n]?.name ?? '' })) },
        });
        const view = await job.until((now) => now.state === 'needs_attention', 50);
        const hub = await openHub(config.home.hubs, view.header.source.hub);
        for (const [n, { name, requests, error, lost }] of CASES.entries()) {
          const taskId = `t${n + 1}`;
          const seen = endpoint.requests.filter(({ firstText }) =>
            firstText.includes(`Your task: ${name}\n`),
          );
          expect([name, seen.length]).toEqual([name, requests]);
          expect([name, view.tasks[n]?.attempts.length]).toEqual([name, 1]);
          expect([name, view.tasks[n]?.state]).toMatchObject([
            name,
            error === null
              ? { kind: 'completed' }
              : { kind: 'failed', error: { code: error.code, detail: expect.stringContaining(error.says) } },
          ]);
          const refs = attemptRefs(job.jobId, taskId, 1);
          const records = await readCalls(hub, await readRef(hub, refs.calls));
          const intents = records.filter((record) => record.kind === 'intent');
          expect([name, intents.length]).toEqual([name, requests]);
          const charged = reservationOf(records) * lost + (answered(error) ? ANSWER_COST : 0);
          expect([name, view.ledger.purses[`${taskId}/1`]]).toMatchObject([
            name,
            { spent: charged, tranche: 0 },
          ]);
        }
        const [first, second] = endpoint.requests.filter(({ firstText }) =>
          firstText.includes('limited for two seconds'),
        );
        expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(2_000);
      },
    ),
  ));

const answered = (error: { code: string } | null): boolean =>
  error === null || error.code === 'provider_refused';

/** All of a task's requests are as large, so their reservations are equal. */
function reservationOf(records: readonly CallRecord[]): number {
  const amounts = new Set(
    records.flatMap((record) => (record.kind === 'intent' ? [record.reservation] : [])),
  );
  expect(amounts.size).toBe(1);
  return [...amounts][0] as number;
}
