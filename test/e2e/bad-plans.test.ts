import { submitPlan, calls } from '../support/replies.ts';
import { withApi } from '../support/api.ts';
import { withModelEndpoint } from '../support/model-endpoint.ts';
import type { EndpointReply, ScriptedAgent } from '../support/model-endpoint.ts';

const task = (task_id: string, more: Record<string, unknown> = {}) => ({ task_id, title: task_id, ...more });

const CYCLE = submitPlan([task('a', { depends_on: ['b'] }), task('b', { depends_on: ['a'] })]);
const TWINS = submitPlan([task('a'), task('a')]);
const UNKNOWN = submitPlan([task('a', { depends_on: ['nowhere'] })]);
const UNKNOWN_CHECK = submitPlan(
  [task('a', { checks: ['k'] })],
  [{ check_id: 'c', criterion_id: 'c7', command: 'x' }],
);
const HUGE = submitPlan(
  Array.from({ length: 10_000 }, (_, n) => task(`t${n + 1}`)),
  [],
  // No more than it may say: what it then has to read again is dear enough.
  { usage: { input: 3_000, output: 8_192, cache_read: 0, cache_write: 0 } },
);
const CUT: EndpointReply = {
  calls: [{ name: 'submit_plan', raw_input: '{"summary":"A plan.","tasks":[{"title":"a","instru' }],
  stop: 'max_tokens',
};
const NO_PLAN = calls('submit_plan', 'a plan');
const GOOD = submitPlan([task('a')]);

/** Plans of a model, and what its last word says is wrong; each job is named after its planner. */
const CASES: readonly {
  readonly name: string;
  readonly plans: readonly EndpointReply[];
  readonly says?: string;
}[] = [
  { name: 'a cycle', plans: [CYCLE, CYCLE, CYCLE], says: 'wait for each other in a cycle: a, b' },
  { name: 'the same id twice', plans: [TWINS, TWINS, TWINS], says: '/tasks/1/task_id: "a" is used twice' },
  { name: 'an unknown dependency', plans: [UNKNOWN, UNKNOWN, UNKNOWN], says: '"nowhere" is not a task' },
  {
    name: 'unknown checks',
    plans: [UNKNOWN_CHECK, UNKNOWN_CHECK, UNKNOWN_CHECK],
    says: '"c7" is not a criterion',
  },
  { name: 'ten thousand tasks', plans: [HUGE, HUGE, HUGE], says: '10000 tasks, at most 500' },
  { name: 'cut short', plans: [CUT, CUT, CUT], says: 'not JSON' },
  { name: 'no plan at all', plans: [NO_PLAN, NO_PLAN, NO_PLAN], says: 'the input is not valid' },
  { name: 'mended at last', plans: [CYCLE, CUT, GOOD] },
  { name: 'mended at once', plans: [HUGE, GOOD] },
];

const agents = CASES.map(({ name, plans }): ScriptedAgent => ({
  when: `Plan this job: ${name}\n`,
  turns: [...plans],
}));

test('a bad plan goes back to its model at most twice, and then the job fails with what was wrong', () =>
  withModelEndpoint(agents, (endpoint) =>
    withApi(
      { env: { ANTHROPIC_API_KEY: 'test-key', ANTHROPIC_BASE_URL: endpoint.url } },
      async (api, { repo }) => {
        const client = api.as();
        const ended = await Promise.all(
          CASES.map(async ({ name }) => {
            const body = {
              title: name,
              description: 'Do it.',
              provider: 'anthropic',
              repository: repo,
            } as const;
            const { job_id } = await client.submit({ body });
            return client.status({ job_id });
          }),
        );
        for (const [n, { name, plans, says }] of CASES.entries()) {
          const asked = endpoint.requests.filter(({ firstText }) =>
            firstText.includes(`Plan this job: ${name}\n`),
          );
          expect([name, asked.length]).toEqual([name, plans.length]);
          expect([name, ended[n]]).toMatchObject([
            name,
            says === undefined
              ? { state: 'awaiting_approval', progress: { total: 1 } }
              : { state: 'failed', reason: expect.stringContaining(says), progress: { total: 0 } },
          ]);
          // What was wrong is what the model was told.
          if (says !== undefined) expect(asked.at(-1)?.lastText).toContain(says);
        }
      },
    ),
  ));
