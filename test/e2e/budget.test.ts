import { bash, submitPlan, submitResult } from '../support/replies.ts';
import { costOf } from '../../src/domain/prices.ts';
import { MODELS, findModel } from '../../src/domain/models.ts';
import { until } from '../support/server.ts';
import { usd } from '../../src/domain/money.ts';
import { withApi } from '../support/api.ts';
import { withModelEndpoint } from '../support/model-endpoint.ts';
import type { EndpointRequest } from '../support/model-endpoint.ts';
import type { Usage } from '../../src/domain/prices.ts';

const TASKS = 8;
const TURNS = 4;
const price = findModel('anthropic', 'claude-sonnet-5', MODELS)?.price;

/** What an answer costs at the vendor: every byte of the request is a quarter of a token, half of what may be said is said. */
const usageOf = ({ body, maxTokens }: EndpointRequest): Usage => ({
  input: 0,
  cacheRead: 0,
  cacheWrite: Math.ceil(JSON.stringify(body).length / 4),
  output: Math.floor(maxTokens / 8),
});

test('eight tasks at the prices of a real model never spend more than $0.10, wait, and go on after a raise', () => {
  let billed = 0;
  const answer = (request: EndpointRequest) => {
    if (price === undefined) throw new Error('claude-sonnet-5 has no price');
    const usage = usageOf(request);
    billed += costOf(usage, price);
    const { input, output, cacheRead: cache_read, cacheWrite: cache_write } = usage;
    const more = { usage: { input, output, cache_read, cache_write } };
    return request.turn + 1 < TURNS ? bash(`echo ${request.turn} >> log`, more) : submitResult(more);
  };
  return withModelEndpoint(answer, (endpoint) =>
    withApi(
      { env: { ANTHROPIC_API_KEY: 'test-key', ANTHROPIC_BASE_URL: endpoint.url } },
      async (api, { repo }) => {
        const client = api.as();
        const tasks = Array.from({ length: TASKS }, (_, n) => ({
          title: `Task ${n + 1}`,
          files: [`${n}/**`],
        }));
        const { job_id } = await client.submit({
          body: {
            title: 'Spend little',
            description: 'Do it.',
            provider: 'anthropic',
            model: 'claude-sonnet-5',
            repository: repo,
            budget_usd: 0.1,
            max_workers: TASKS,
            plan: { tasks },
            auto_approve: true,
          },
        });
        const samples: {
          spent: number;
          held: number;
          limit: number;
          billed: number;
          waits: string | null;
        }[] = [];
        const sampled = async (done: (state: string) => boolean) =>
          until(async () => {
            const bill = usd(billed);
            const status = await client.status({ job_id });
            const { spent_usd: spent, reserved_usd: reserved, limit_usd: limit } = status.budget;
            samples.push({ spent, held: spent + reserved, limit, billed: bill, waits: status.waiting_on });
            return done(status.state) ? status : null;
          }, 'the job');

        const short = await sampled((state) => state === 'needs_attention');
        expect(short.waiting_on).toBe('budget');
        expect(short.tasks.some((task) => task.waiting_on === 'budget')).toBe(true);
        expect(short.budget.spent_usd).toBeGreaterThan(0);
        expect(usd(billed)).toBeCloseTo(short.budget.spent_usd, 6);
        expect(usd(billed)).toBeLessThanOrEqual(0.1);

        await client.budget({ job_id, body: { limit_usd: 2 } });
        const ended = await sampled((state) => state === 'completed');
        expect(ended.progress.completed).toBe(TASKS);
        expect(endpoint.requests.length).toBe(TASKS * TURNS);
        expect(ended.budget.spent_usd).toBeCloseTo(usd(billed), 6);
        expect(ended.budget.reserved_usd).toBe(0);
        const over = samples.filter(
          ({ held, limit, billed: bill }) => held > limit + 1e-9 || bill > held + 1e-9,
        );
        expect(over).toEqual([]);
        expect(samples.length).toBeGreaterThan(10);
      },
    ),
  );
});

test('a planner that runs out of money says so at once, and goes on after a raise', () =>
  withModelEndpoint(
    [
      {
        turns: [
          bash('ls', { usage: { input: 10_000, output: 3_000, cache_read: 0, cache_write: 0 } }),
          submitPlan([{ title: 'One' }]),
        ],
      },
    ],
    (endpoint) =>
      withApi(
        { env: { ANTHROPIC_API_KEY: 'test-key', ANTHROPIC_BASE_URL: endpoint.url } },
        async (api, { repo }) => {
          const began = Date.now();
          const { status, json } = await api.request('POST', '/orchestrate/submit', {
            body: {
              title: 'Plan dearly',
              description: 'Do it.',
              provider: 'anthropic',
              repository: repo,
              model: 'claude-sonnet-5',
              budget_usd: 0.06,
            },
          });
          expect(Date.now() - began).toBeLessThan(20_000);
          expect([status, json]).toMatchObject([202, { state: 'needs_attention' }]);
          const client = api.as();
          const job_id = String(json?.['job_id']);
          expect(await client.status({ job_id })).toMatchObject({
            waiting_on: 'budget',
            budget: { spent_usd: 0.05, reserved_usd: 0 },
          });
          await client.budget({ job_id, body: { add_usd: 1 }, key: 'raise' });
          const planned = await client.status({ job_id, until: 'awaiting_approval', wait_s: 50 });
          expect(planned).toMatchObject({ state: 'awaiting_approval', waiting_on: 'approval' });
        },
      ),
  ));
