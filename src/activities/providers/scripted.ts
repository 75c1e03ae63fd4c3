import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { AssistantBlock, Message } from '../../domain/conversation.ts';
import type { Usage } from '../../domain/prices.ts';
import { callIdOf, kept, stopOf } from './content.ts';
import { ProviderFailure } from './failure.ts';
import type { Answer, Completion, Live, Provider } from './provider.ts';

const Turn = z.strictObject({
  text: z.string().optional(),
  calls: z.array(z.strictObject({ name: z.string(), input: z.unknown() })).optional(),
  usage: z
    .strictObject({
      input: z.int(),
      output: z.int(),
      cache_read: z.int().default(0),
      cache_write: z.int().default(0),
    })
    .optional(),
  stop: z.enum(['end_turn', 'tool_use', 'max_tokens', 'refusal', 'context_full']).optional(),
  delay_ms: z.int().min(0).optional(),
});

/**
 * A recording of the model's side. A step is a task id (`plan`, `t1` …) or, for one attempt, `t1/2`; it holds the
 * turns of an attempt in order. An attempt without an entry of its own plays those of its task.
 */
export const Script = z.strictObject({
  delay_ms: z.int().min(0).optional().describe('how long each answer takes, unless its turn says so'),
  steps: z.record(z.string(), z.array(Turn)),
});

export type Script = z.infer<typeof Script>;

/** The script in a file; an `Error` names the file and the field where it is none. */
export function readScript(path: string): Script {
  const parsed = Script.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(
    `script ${path}: /${issue?.path.map(String).join('/') ?? ''}: ${issue?.message ?? 'is not valid'}`,
  );
}

/** Plays a recording instead of asking a model. */
export function scripted(script: Script): Provider {
  return {
    id: 'scripted',
    complete: async (request, live) => {
      const turn = turnOf(script, request.subject);
      await waiting(turn.delay_ms ?? script.delay_ms ?? 0, live);
      live.onProgress(turn.text ?? '');
      return answerOf(turn, request);
    },
    reachable: () => Promise.resolve({ ok: true, reason: null }),
  };
}

function turnOf({ steps }: Script, { taskId, attempt, turn }: Completion['subject']): z.infer<typeof Turn> {
  const own = `${taskId}/${attempt}`;
  const step = Object.hasOwn(steps, own) ? own : taskId;
  const turns = Object.hasOwn(steps, step) ? steps[step] : undefined;
  const found = turns?.[turn - 1];
  if (found !== undefined) return found;
  const what =
    turns === undefined ? `no step "${taskId}"` : `only ${turns.length} turns in its step "${step}"`;
  throw new ProviderFailure(`the script has ${what}, and turn ${turn} of attempt ${attempt} was asked for`, {
    status: null,
    repeatable: false,
    mayHaveCost: false,
  });
}

/** In slices of a second, each of which is progress: a long pause must not look like a dead host. */
async function waiting(ms: number, live: Live): Promise<void> {
  for (let left = ms; left > 0; left -= 1000) {
    live.onProgress('');
    await pause(Math.min(left, 1000), undefined, { signal: live.signal }).catch(() => undefined);
    live.signal.throwIfAborted();
  }
}

function answerOf(turn: z.infer<typeof Turn>, request: Completion): Answer {
  const blocks: AssistantBlock[] = [
    { type: 'text', text: turn.text ?? '' },
    ...(turn.calls ?? []).map(({ name, input }, index): AssistantBlock => ({
      type: 'tool_call',
      callId: `${callIdOf(request.subject)}_${index + 1}`,
      name,
      input,
    })),
  ];
  const content = kept(blocks, request.subject);
  const usage =
    turn.usage === undefined
      ? usageBySize(request, content)
      : { ...turn.usage, cacheRead: turn.usage.cache_read, cacheWrite: turn.usage.cache_write };
  return {
    content,
    stop: turn.stop ?? stopOf(null, content),
    usage: {
      input: usage.input,
      output: usage.output,
      cacheRead: usage.cacheRead,
      cacheWrite: usage.cacheWrite,
    },
    usageEstimated: turn.usage === undefined,
    model: request.model,
  };
}

/** Four bytes a token; what the last call already sent counts as read from the cache. */
function usageBySize(request: Completion, content: readonly AssistantBlock[]): Usage {
  const tokens = (value: unknown): number => Math.ceil(Buffer.byteLength(JSON.stringify(value)) / 4);
  const lastAnswer = request.messages.findLastIndex((message: Message) => message.role === 'assistant');
  const head = tokens([request.system, request.tools]);
  const before = lastAnswer < 0 ? 0 : head + tokens(request.messages.slice(0, lastAnswer));
  const all = head + tokens(request.messages);
  return { input: 0, output: tokens(content), cacheRead: before, cacheWrite: Math.max(0, all - before) };
}
