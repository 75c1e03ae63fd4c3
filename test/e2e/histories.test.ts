import { bash, submitPlan, submitResult } from '../support/replies.ts';
import { until } from '../support/server.ts';
import { withApi } from '../support/api.ts';
import { withModelEndpoint } from '../support/model-endpoint.ts';
import type { Client } from '@temporalio/client';
import type { ScriptedAgent } from '../support/model-endpoint.ts';

const TURNS = 50;

/** Texts that belong to conversations only: of a prompt, of a plan's instructions, of an answer, of a tool's output. */
const CANARIES = {
  instructions: 'canary-of-the-instructions',
  answer: 'canary-of-the-answer',
  output: 'canary-of-the-output',
  prompt: 'You carry out one task of a larger job',
};

const agents: ScriptedAgent[] = [
  {
    tool: 'submit_plan',
    turns: [submitPlan([{ title: 'Work for long', instructions: `Do it. ${CANARIES.instructions}` }])],
  },
  {
    turns: [
      ...Array.from({ length: TURNS - 1 }, (_, turn) =>
        bash(`echo ${turn} >> lines.txt; echo canary-of-'the'-output`, {
          text: `Step ${turn}. ${'I think about it. '.repeat(20)} ${CANARIES.answer}`,
        }),
      ),
      submitResult(),
    ],
  },
];

test('a task of fifty turns has a short history, and no history holds what was said', () =>
  withModelEndpoint(agents, (endpoint) =>
    withApi(
      { env: { ANTHROPIC_API_KEY: 'test-key', ANTHROPIC_BASE_URL: endpoint.url } },
      async (api, { repo, client: temporal }) => {
        const client = api.as();
        const { job_id } = await client.submit({
          body: {
            title: 'Long',
            description: 'Work.',
            provider: 'anthropic',
            repository: repo,
            auto_approve: true,
            budget_usd: 50,
          },
        });
        await until(
          async () => (await client.status({ job_id })).state === 'completed',
          'the job to end',
          100,
        );
        // What is looked for has really been said.
        const said = JSON.stringify(endpoint.requests.at(-1)?.body);
        for (const canary of Object.values(CANARIES)) expect(said).toContain(canary);

        const task = await runsOf(temporal, `task:${job_id}:t1:1`);
        const job = await runsOf(temporal, `job:${job_id}`);
        const planner = await runsOf(temporal, `task:${job_id}:plan:1`);
        expect(task.events).toBeLessThan(1_000);
        expect(task.bytes).toBeLessThan(500_000);
        expect(task.events / TURNS).toBeLessThanOrEqual(14);
        expect(job.events / TURNS).toBeLessThanOrEqual(2);
        // A short summary of each turn is there, and is found.
        expect(task.text.includes('Step 7. I think')).toBe(true);
        for (const [name, canary] of Object.entries(CANARIES))
          for (const [whose, { text }] of Object.entries({ task, job, planner }))
            expect([whose, name, text.includes(canary)]).toEqual([whose, name, false]);
      },
    ),
  ));

/** Events and bytes of a workflow's run, and its history as text with every payload decoded. */
async function runsOf(
  client: Client,
  workflowId: string,
): Promise<{ events: number; bytes: number; text: string }> {
  const handle = client.workflow.getHandle(workflowId);
  const [description, history] = await Promise.all([handle.describe(), handle.fetchHistory()]);
  const text = JSON.stringify(history).replaceAll(/"data":"([^"]*)"/g, (_, data: string) =>
    Buffer.from(data, 'base64').toString(),
  );
  return { events: history.events?.length ?? 0, bytes: description.historySize ?? 0, text };
}
