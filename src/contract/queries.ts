import { z } from 'zod';

/** The query strings of the read routes of one job. */
export const statusQuery = z.strictObject({
  until: z.string().min(1).max(500).optional().meta({
    description:
      'States, separated by commas: answers when the job is in one, finished, or waits for a person',
  }),
  wait_s: z.coerce
    .number<number>()
    .min(0)
    .max(55)
    .optional()
    .meta({ description: 'How long to wait for `until` (Default: 55 with until)' }),
});

export const eventsQuery = z.strictObject({
  after: z.coerce
    .number<number>()
    .int()
    .min(0)
    .optional()
    .meta({ description: 'The last event that is known; the header Last-Event-ID beats it' }),
});

export const diffQuery = z.strictObject({
  format: z.enum(['diff', 'mbox']).optional().meta({ description: 'mbox: mails for git am' }),
});

const attempt = z.coerce
  .number<number>()
  .int()
  .min(1)
  .max(1_000_000)
  .optional()
  .meta({ description: '(Default: the newest that has begun)' });

export const turnsQuery = z.strictObject({
  after: z.coerce.number<number>().int().min(0).default(0).meta({ description: 'Turns after this one' }),
  attempt,
});

export const turnQuery = z.strictObject({ attempt });

export const logQuery = z.strictObject({
  tail: z.coerce
    .number<number>()
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .meta({ description: 'The last lines only' }),
  after: z.coerce
    .number<number>()
    .int()
    .min(0)
    .default(0)
    .meta({ description: 'From the turn after this one' }),
  attempt,
});

export const deleteQuery = z.strictObject({
  force: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'Needed while the job is running, pausing, verifying or cancelling' }),
});

/** Of the routes that take no query. */
export const noQuery = z.strictObject({});
