import { z } from 'zod';
import { instant, sha, usage, usdAmount } from './fields.ts';

export const turn = z
  .object({
    n: z.int(),
    at: instant,
    model: z.string(),
    usage,
    cost_usd: usdAmount,
    tree_sha: sha.nullable().meta({ description: 'The worktree after the turn; null while its tools run' }),
    summary: z.string(),
  })
  .meta({ id: 'Turn' });

export const turnList = z.object({ turns: z.array(turn) }).meta({ id: 'TurnList' });

/** One turn in full: what the model said, what its tools answered, and checks that ran after it. */
export const turnDetail = turn
  .extend({
    text: z.string(),
    stop: z.string(),
    tool_calls: z.array(
      z.object({
        call_id: z.string(),
        name: z.string(),
        input: z.unknown(),
        output: z.string().nullable(),
        is_error: z.boolean(),
      }),
    ),
    checks: z.array(
      z.object({
        check_id: z.string(),
        command: z.string(),
        passed: z.boolean(),
        exit_code: z.int().nullable(),
        output: z.string(),
      }),
    ),
  })
  .meta({ id: 'TurnDetail' });

export const fileStat = z.object({
  path: z.string(),
  added: z.int().nullable().meta({ description: 'Lines; null for a binary file' }),
  removed: z.int().nullable(),
});

export const diffAnswer = z
  .object({ base_sha: sha.nullable(), head_sha: sha.nullable(), files: z.array(fileStat), diff: z.string() })
  .meta({ id: 'Diff' });

export type WireTurn = z.infer<typeof turn>;
export type WireTurnDetail = z.infer<typeof turnDetail>;
export type WireDiff = z.infer<typeof diffAnswer>;
