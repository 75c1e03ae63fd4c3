import { z } from 'zod';

/** RFC 9457: what every error answers, as `application/problem+json`. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: 'Stable: one of the codes of docs/api.md' }),
    detail: z.string(),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: 'The fields at fault, as JSON pointers into the body' }),
    state: z.string().optional().meta({ description: 'The state that forbids it' }),
    allowed: z.array(z.string()).optional().meta({ description: 'The commands that the state allows' }),
    job_id: z.string().optional().meta({ description: 'A job that may have been started all the same' }),
  })
  .meta({ id: 'Problem' });

export type Problem = z.infer<typeof problem>;
export const PROBLEM_TYPE = 'application/problem+json';
