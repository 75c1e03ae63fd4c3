import type Anthropic from '@anthropic-ai/sdk';
import type { AssistantBlock, StopReason } from '../../domain/conversation.ts';
import { NO_USAGE } from '../../domain/prices.ts';
import type { Usage } from '../../domain/prices.ts';
import { kept, stopOf } from './content.ts';
import type { Answer, Completion } from './provider.ts';
import { readInput, safeText } from './tool-input.ts';

/** An answer as it comes in. `usage` is what the endpoint has said so far, null before it said anything. */
export interface AnthropicAnswer {
  readonly usage: () => Usage | null;
  /** Takes one event in and returns the text in it, if any. */
  readonly add: (event: Anthropic.RawMessageStreamEvent) => string;
  /** Null when the stream ended before the message did. */
  readonly end: (subject: Completion['subject']) => Answer | null;
}

interface OpenBlock {
  readonly start: Record<string, unknown> & { readonly type: string };
  /** What deltas added to each field. */
  readonly added: Map<string, string>;
}

export function anthropicAnswer(): AnthropicAnswer {
  const blocks = new Map<number, OpenBlock>();
  let usage: Usage | null = null;
  let model = '';
  let reason: string | null = null;
  let complete = false;
  return {
    usage: () => usage,
    add: (event) => {
      switch (event.type) {
        case 'message_start':
          model = event.message.model;
          usage = usageOf(NO_USAGE, event.message.usage);
          return '';
        case 'content_block_start':
          blocks.set(event.index, { start: { ...event.content_block }, added: new Map() });
          return '';
        case 'content_block_delta':
          return addDelta(blocks.get(event.index), event.delta);
        case 'message_delta':
          reason = event.delta.stop_reason ?? reason;
          usage = usageOf(usage ?? NO_USAGE, event.usage);
          return '';
        case 'message_stop':
          complete = true;
          return '';
        default:
          return '';
      }
    },
    end: (subject) => {
      if (!complete || usage === null) return null;
      const content = kept([...blocks.values()].flatMap(blockOf), subject);
      return {
        content,
        stop: stopOf(STOPS[reason ?? ''] ?? null, content),
        usage,
        usageEstimated: false,
        model,
      };
    },
  };
}

/** `pause_turn` comes only from tools that run at the vendor, of which we offer none: the agent is asked to go on. */
const STOPS: Readonly<Record<string, StopReason | undefined>> = {
  end_turn: 'end_turn',
  stop_sequence: 'end_turn',
  pause_turn: 'end_turn',
  tool_use: 'tool_use',
  max_tokens: 'max_tokens',
  refusal: 'refusal',
  model_context_window_exceeded: 'context_full',
};

/** Each event's counts are totals so far; what it leaves out stays. */
function usageOf(
  before: Usage,
  now: Partial<Anthropic.Usage> | Anthropic.MessageDeltaUsage | null | undefined,
): Usage {
  return {
    input: now?.input_tokens ?? before.input,
    output: now?.output_tokens ?? before.output,
    cacheRead: now?.cache_read_input_tokens ?? before.cacheRead,
    cacheWrite: now?.cache_creation_input_tokens ?? before.cacheWrite,
  };
}

function addDelta(block: OpenBlock | undefined, delta: Anthropic.RawContentBlockDelta): string {
  if (block === undefined) return '';
  const add = (field: string, text: string): string => {
    block.added.set(field, (block.added.get(field) ?? '') + text);
    return text;
  };
  switch (delta.type) {
    case 'text_delta':
      return add('text', delta.text);
    case 'input_json_delta':
      return add('input', delta.partial_json);
    case 'thinking_delta':
      return add('thinking', delta.thinking);
    case 'signature_delta':
      add('signature', delta.signature);
      return '';
    default:
      return '';
  }
}

function blockOf({ start, added }: OpenBlock): AssistantBlock[] {
  const field = (name: string): string => {
    const first = start[name];
    return (typeof first === 'string' ? first : '') + (added.get(name) ?? '');
  };
  if (start.type === 'text') return [{ type: 'text', text: safeText(field('text')) }];
  if (start.type === 'tool_use')
    return [
      {
        type: 'tool_call',
        callId: field('id'),
        name: safeText(field('name')),
        ...readInput(added.get('input') ?? start['input']),
      },
    ];
  if (start.type === 'thinking' && field('signature') === '') return [];
  const grown = [...added.keys()].map((name): [string, unknown] =>
    name === 'input' ? [name, readInput(added.get(name)).input ?? {}] : [name, field(name)],
  );
  return [{ type: 'opaque', provider: 'anthropic', value: { ...start, ...Object.fromEntries(grown) } }];
}
