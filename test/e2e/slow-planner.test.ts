import { bash, submitPlan } from '../support/replies.ts';
import { until } from '../support/server.ts';
import { withApi } from '../support/api.ts';
import { withModelEndpoint } from '../support/model-endpoint.ts';

const ANSWER_MS = 6_000;

test(
  'a planner of a minute: 202 in time, status shows what it reads and costs, and who waits hears of the plan at once',
  () =>
    withModelEndpoint(
      [
        {
          turns: [
            ...Array.from({ length: 10 }, (_, n) => bash(`cat part-${n + 1}.txt`, { delay_ms: ANSWER_MS })),
            submitPlan([{ title: 'One' }], [], { delay_ms: ANSWER_MS / 2 }),
          ],
        },
      ],
      (endpoint) =>
        withApi(
          { env: { ANTHROPIC_API_KEY: 'test-key', ANTHROPIC_BASE_URL: endpoint.url } },
          async (api, { repo }) => {
            const client = api.as();
            const began = Date.now();
            const submitting = api.request('POST', '/orchestrate/submit', {
              body: { title: 'Slow', description: 'Think.', provider: 'anthropic', repository: repo },
            });
            const job_id = await until(
              async () => (await client.jobs()).jobs[0]?.job_id,
              'the job to be listed',
            );
            const third = await until(async () => {
              const status = await client.status({ job_id });
              return (status.activity?.turn ?? 0) >= 3 ? status : null;
            }, 'the planner to read');
            expect(third).toMatchObject({
              state: 'planning',
              activity: { text: expect.stringMatching(/\$ cat part-\d+\.txt/), cost_usd: expect.any(Number) },
            });
            expect(third.activity?.cost_usd).toBeGreaterThan(0);
            await expect(client.plan({ job_id })).rejects.toMatchObject({
              code: 'plan_not_ready',
              retryAfter: 5,
            });

            const { status, headers, json } = await submitting;
            expect(Date.now() - began).toBeLessThan(56_000);
            expect(Date.now() - began).toBeGreaterThan(54_000);
            expect([status, headers.get('location'), headers.get('retry-after')]).toEqual([
              202,
              `/orchestrate/${job_id}/status`,
              '5',
            ]);
            expect(json).toMatchObject({ job_id, state: 'planning' });
            expect(json).not.toHaveProperty('plan');

            const planned = await client.status({ job_id, until: 'awaiting_approval', wait_s: 55 });
            const heard = Date.now();
            expect(planned).toMatchObject({ state: 'awaiting_approval', waiting_on: 'approval' });
            expect(heard - Date.parse(planned.updated_at)).toBeLessThan(1_000);
          },
        ),
    ),
  150_000,
);
