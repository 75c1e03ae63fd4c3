import { z } from 'zod';
import { budget, instant, jobId, jobState, progress } from './fields.ts';

export const jobItem = z
  .object({
    job_id: jobId,
    title: z.string(),
    kind: z.enum(['development', 'training']),
    state: jobState,
    progress,
    budget,
    created_at: instant,
  })
  .meta({ id: 'JobItem' });

export const jobList = z
  .object({ jobs: z.array(jobItem), next_cursor: z.string().nullable() })
  .meta({ id: 'JobList' });

export const jobsQuery = z.strictObject({
  state: z.string().min(1).max(500).optional().meta({ description: 'States, separated by commas' }),
  kind: z.enum(['development', 'training']).optional(),
  label: z.string().min(1).max(300).optional().meta({ description: 'KEY, or KEY=VALUE' }),
  repository: z.string().min(1).max(4_096).optional().meta({ description: 'Path or url of the source' }),
  archived: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'true: closed jobs from the archive, also after Temporal has forgotten them' }),
  limit: z.coerce.number<number>().int().min(1).max(500).default(50),
  cursor: z.string().min(1).max(500).optional().meta({ description: 'next_cursor of the page before' }),
});

export type WireJobItem = z.infer<typeof jobItem>;
export type WireJobList = z.infer<typeof jobList>;
export type JobsQuery = z.output<typeof jobsQuery>;
