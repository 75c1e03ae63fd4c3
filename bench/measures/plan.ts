import pino from 'pino';
import { createToken } from '../../src/api/tokens.ts';
import { startApi } from '../../src/api/server.ts';
import { createClient } from '../../src/contract/client.ts';
import { withEngine } from '../engine.ts';
import { median, quantile, timed } from '../numbers.ts';
import { answer, script } from '../script.ts';
import type { Row } from '../report.ts';

const RUNS = 15;
const PLAN = answer('submit_plan', {
  summary: 'Two tasks.',
  tasks: ['t1', 't2'].map((task_id) => ({
    task_id,
    title: `Task ${task_id}`,
    instructions: 'Do it.',
    depends_on: task_id === 't2' ? ['t1'] : [],
    files: [`${task_id}.txt`],
    checks: [],
  })),
  checks: [],
});

/** From the request of submit to its answer with the plan, over HTTP, with a model that answers at once. */
export async function* plan(): AsyncGenerator<Row> {
  const times = await withEngine(
    { script: script({ plan: [PLAN] }) },
    async ({ config, temporal, repository }) => {
      const log = pino({ level: 'silent' });
      const api = await startApi({ config: { ...config, port: 0 }, temporal, uiUrl: null, log });
      try {
        const { token } = createToken(config.home.tokens, {
          name: 'bench',
          roles: ['submitter', 'reviewer', 'operator', 'admin'],
        });
        const client = createClient({ url: api.url, token });
        const submit = async (): Promise<void> => {
          const { plan } = await client.submit({
            body: { title: 'A job of the bench', description: 'Measured.', repository, provider: 'scripted' },
          });
          if (plan === undefined) throw new Error('submit answered without a plan');
        };
        for (let run = 0; run < 3; run++) await submit();
        const found: number[] = [];
        for (let run = 0; run < RUNS; run++) found.push(await timed(submit));
        return found;
      } finally {
        await api.close();
      }
    },
  );
  yield {
    what: 'submit to plan, instant model',
    value: median(times),
    unit: 'ms',
    mark: { most: 100 },
    note: `p90 ${quantile(times, 0.9).toFixed(0)}; ${RUNS} runs over HTTP, warm server and hub`,
  };
}
