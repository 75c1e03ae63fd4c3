import { randomUUID } from 'node:crypto';
import { openSession } from './client/session.ts';
import { printJson, wantsJson } from './invocation.ts';
import { resolveJob } from './client/job-ref.ts';
import { usdText } from './view/amounts.ts';
import { Refusal } from './errors.ts';
import type { Invocation } from './invocation.ts';
import type { WireBudget } from '../contract/fields.ts';

export interface BudgetOptions {
  readonly limit?: number;
  readonly add?: number;
}

/** Shows a job's budget, or sets or raises it. */
export async function budget(invocation: Invocation<BudgetOptions>): Promise<number> {
  const { io, args, options } = invocation;
  const { limit, add } = options;
  if (limit !== undefined && add !== undefined) throw new Refusal('Give --limit or --add, not both');
  const { client } = openSession(invocation);
  const job_id = await resolveJob(client, io, args[0]);
  const body = limit !== undefined ? { limit_usd: limit } : add !== undefined ? { add_usd: add } : null;
  const answer =
    body === null
      ? { budget: (await client.status({ job_id })).budget }
      : await client.budget({ job_id, body, key: randomUUID() });
  if (wantsJson(options)) printJson(invocation, answer);
  else io.stdout.write(`${job_id} ${budgetText(answer.budget)}\n`);
  return 0;
}

const budgetText = ({ limit_usd, spent_usd, reserved_usd, remaining_usd }: WireBudget): string =>
  `${usdText(spent_usd)} of ${usdText(limit_usd)} spent, ${usdText(reserved_usd)} reserved, ${usdText(remaining_usd)} left`;
