import { z } from 'zod';
import { budget, jobId, jobState, taskId, taskState } from './fields.ts';
import { MAX_BUDGET_USD } from './submit.ts';

const text = z.string().trim().min(1).max(20_000);

/** Bodies and answers of the commands to a job. */
export const approveBody = z
  .strictObject({ plan_revision: z.int().min(1).optional(), note: text.optional() })
  .meta({ id: 'ApproveBody' });
export const reasonBody = z.strictObject({ reason: text.optional() }).meta({ id: 'ReasonBody' });
export const emptyBody = z.strictObject({}).meta({ id: 'EmptyBody' });
export const retryBody = z
  .strictObject({ feedback: text.optional().meta({ description: 'What the next attempt should know' }) })
  .meta({ id: 'RetryBody' });

const amount = z.number().positive().max(MAX_BUDGET_USD);
export const budgetBody = z
  .strictObject({ limit_usd: amount.optional(), add_usd: amount.optional() })
  .refine((body) => (body.limit_usd === undefined) !== (body.add_usd === undefined), {
    error: 'needs exactly one of limit_usd and add_usd',
  })
  .meta({ id: 'BudgetBody', description: 'add_usd needs an Idempotency-Key' });

export const stateAnswer = z.object({ job_id: jobId, state: jobState }).meta({ id: 'StateAnswer' });
export const retryAnswer = z
  .object({ task_id: taskId, attempt: z.int(), state: taskState })
  .meta({ id: 'RetryAnswer' });
export const budgetAnswer = z.object({ budget }).meta({ id: 'BudgetAnswer' });
export const deleteAnswer = z
  .object({
    job_id: jobId,
    deleted: z.boolean().meta({ description: 'False while the job is still being cancelled' }),
    dropped: z.array(z.string()).meta({ description: 'What was dropped with the job' }),
  })
  .meta({ id: 'DeleteAnswer' });
