import { z } from 'zod';
import { OPEN_STATES, FINAL_STATES } from '../domain/job/state.ts';

/** Shapes that several messages share. Every message is snake_case, every moment ISO 8601 in UTC. */
export const jobId = z
  .string()
  .regex(/^j[0-9a-hjkmnp-tv-z]{9}$/)
  .meta({
    description: 'The id of a job: j and nine base32 characters',
    example: 'j0123456789'.slice(0, 10),
  });
export const taskId = z
  .string()
  .regex(/^(plan|t[1-9][0-9]{0,2})$/)
  .meta({ description: 'The id of a task: t1, t2 … in plan order; the planner is "plan"', example: 't1' });
export const instant = z.iso.datetime().meta({ description: 'A moment in UTC, ISO 8601' });
export const sha = z.string().meta({ description: 'A full git object name', example: 'f'.repeat(40) });
export const usdAmount = z.number().meta({ description: 'US dollars', example: 1.25 });
export const network = z
  .enum(['none', 'all'])
  .meta({ description: 'Whether tasks may use the network; setup always may' });

export const jobState = z.enum([...OPEN_STATES, ...FINAL_STATES]).meta({ id: 'JobState' });
export const taskState = z
  .enum(['pending', 'running', 'completed', 'failed', 'cancelled'])
  .meta({ id: 'TaskState' });

export const budget = z
  .object({ limit_usd: usdAmount, spent_usd: usdAmount, reserved_usd: usdAmount, remaining_usd: usdAmount })
  .meta({ id: 'Budget', description: 'spent + reserved + remaining = limit' });

export const progress = z
  .object({
    pending: z.int(),
    running: z.int(),
    completed: z.int(),
    failed: z.int(),
    cancelled: z.int(),
    total: z.int(),
  })
  .meta({ id: 'Progress', description: 'How many tasks are in which state' });

export const usage = z
  .object({
    input_tokens: z.int(),
    output_tokens: z.int(),
    cache_read_tokens: z.int(),
    cache_write_tokens: z.int(),
  })
  .meta({ id: 'Usage', description: 'The total input is input + cache_read + cache_write' });

export const links = z
  .object({
    self: z.string(),
    status: z.string(),
    plan: z.string(),
    events: z.string(),
    diff: z.string(),
    temporal: z.string().optional().meta({ description: 'The job in the Temporal UI, where one is known' }),
  })
  .meta({ id: 'Links' });

export type WireBudget = z.infer<typeof budget>;
export type WireProgress = z.infer<typeof progress>;
export type WireUsage = z.infer<typeof usage>;
export type WireLinks = z.infer<typeof links>;
