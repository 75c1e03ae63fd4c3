import type OpenAI from 'openai';
import type { AssistantBlock, StopReason } from '../../domain/conversation.ts';
import type { Usage } from '../../domain/prices.ts';
import { kept, stopOf } from './content.ts';
import type { Answer, Completion } from './provider.ts';
import { readInput, safeText } from './tool-input.ts';

/** An answer as it comes in. `usage` is what the endpoint has said so far, null before it said anything. */
export interface OpenAiAnswer {
  readonly usage: () => Usage | null;
  /** Takes one chunk in and returns the text in it, if any. */
  readonly add: (chunk: OpenAI.Chat.ChatCompletionChunk) => string;
  /** Null when the stream ended before the message did. `sentBytes` stands in for an input that was not counted. */
  readonly end: (subject: Completion['subject'], sentBytes: number) => Answer | null;
}

interface OpenCall {
  readonly index: number | undefined;
  id: string;
  name: string;
  /** Text of JSON, or the object itself from servers that do not serialise it. */
  input: unknown;
}

export function openAiAnswer(): OpenAiAnswer {
  const calls: OpenCall[] = [];
  const texts = { content: '', refusal: '', reasoning: '', reasoning_content: '' };
  let usage: Usage | null = null;
  let model = '';
  let reason: string | null = null;
  return {
    usage: () => usage,
    add: (chunk) => {
      model = chunk.model || model;
      if (chunk.usage) usage = usageOf(chunk.usage);
      const choice = chunk.choices?.[0];
      if (choice === undefined) return '';
      reason = choice.finish_reason ?? reason;
      const delta = choice.delta as (Partial<typeof choice.delta> & Partial<typeof texts>) | undefined;
      for (const call of delta?.tool_calls ?? []) addCall(calls, call);
      let heard = '';
      for (const field of ['content', 'refusal', 'reasoning', 'reasoning_content'] as const) {
        const text = delta?.[field];
        if (typeof text !== 'string') continue;
        texts[field] += text;
        heard += text;
      }
      return heard;
    },
    end: (subject, sentBytes) => {
      if (reason === null) return null;
      const content = kept([...blocksOf(texts), ...calls.map(callBlock)], subject);
      const stop = texts.refusal === '' ? (STOPS[reason] ?? null) : 'refusal';
      const bytes = Buffer.byteLength(JSON.stringify([texts, calls]));
      const counted = usage ?? { input: sentBytes, output: bytes, cacheRead: 0, cacheWrite: 0 };
      return { content, stop: stopOf(stop, content), usage: counted, usageEstimated: usage === null, model };
    },
  };
}

const STOPS: Readonly<Record<string, StopReason | undefined>> = {
  stop: 'end_turn',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  length: 'max_tokens',
  content_filter: 'refusal',
};

/** Its `prompt_tokens` count what was read from and written to the cache too. */
function usageOf(usage: OpenAI.CompletionUsage): Usage {
  const cacheRead = usage.prompt_tokens_details?.cached_tokens ?? 0;
  const cacheWrite = usage.prompt_tokens_details?.cache_write_tokens ?? 0;
  const input = Math.max(0, (usage.prompt_tokens ?? 0) - cacheRead - cacheWrite);
  return { input, output: usage.completion_tokens ?? 0, cacheRead, cacheWrite };
}

/** A piece belongs to the call of its index; a second id or name there begins another call, as some servers do. */
function addCall(
  calls: OpenCall[],
  piece: Partial<OpenAI.Chat.ChatCompletionChunk.Choice.Delta.ToolCall>,
): void {
  const { index, id, function: part } = piece;
  const same =
    index === undefined || index === null ? calls.at(-1) : calls.findLast((call) => call.index === index);
  const begins = id ? same?.id !== '' && same?.id !== id : Boolean(part?.name) && same?.name !== '';
  const call = same === undefined || begins ? { index, id: '', name: '', input: '' } : same;
  if (call !== same) calls.push(call);
  call.id ||= id ?? '';
  call.name ||= part?.name ?? '';
  const input: unknown = part?.arguments;
  if (typeof input === 'string' && typeof call.input === 'string') call.input += input;
  else if (typeof input === 'object' && input !== null) call.input = input;
}

function callBlock({ id, name, input }: OpenCall): AssistantBlock {
  return { type: 'tool_call', callId: id, name: safeText(name), ...readInput(input) };
}

function blocksOf(texts: {
  content: string;
  refusal: string;
  reasoning: string;
  reasoning_content: string;
}): AssistantBlock[] {
  const blocks: AssistantBlock[] = [];
  for (const field of ['reasoning_content', 'reasoning'] as const)
    if (texts[field] !== '')
      blocks.push({ type: 'opaque', provider: 'openai', value: { [field]: safeText(texts[field]) } });
  const text = [texts.content, texts.refusal].filter((part) => part !== '').join('\n');
  return [...blocks, { type: 'text', text: safeText(text) }];
}
