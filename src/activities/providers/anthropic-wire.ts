import type Anthropic from '@anthropic-ai/sdk';
import type { AssistantBlock, Message, UserBlock } from '../../domain/conversation.ts';
import { sendable } from './content.ts';
import type { Completion } from './provider.ts';
import { safeText } from './tool-input.ts';

/**
 * The request in Anthropic's words. Prompt-cache marks stand behind the fixed beginning (system, which tools come
 * before) and behind the last two user messages: the newest prefix, and the one that the last call wrote.
 */
export function toAnthropic(request: Completion): Anthropic.MessageCreateParamsStreaming {
  const messages = sendable(request.messages)
    .map(messageOf)
    .filter((message) => message.content.length > 0);
  const marked = new Set(messages.filter((message) => message.role === 'user').slice(-2));
  return {
    model: request.model,
    max_tokens: request.maxTokens,
    stream: true,
    system: [{ type: 'text', text: safeText(request.system), ...MARK }],
    tools: request.tools.map(({ name, description, inputSchema }) => ({
      name,
      description,
      input_schema: { ...inputSchema, type: 'object' as const },
    })),
    messages: messages.map((message) => (marked.has(message) ? withMark(message) : message)),
  };
}

const MARK = { cache_control: { type: 'ephemeral' } } as const;

type Sent = { role: 'user' | 'assistant'; content: Anthropic.ContentBlockParam[] };

function messageOf(message: Message): Sent {
  return message.role === 'user'
    ? { role: 'user', content: message.content.map(userBlock) }
    : { role: 'assistant', content: message.content.flatMap(assistantBlock) };
}

function userBlock(block: UserBlock): Anthropic.ContentBlockParam {
  if (block.type === 'text') return { type: 'text', text: safeText(block.text) };
  const { callId, text, isError } = block;
  return {
    type: 'tool_result',
    tool_use_id: callId,
    content: safeText(text) || '(nothing)',
    is_error: isError,
  };
}

function assistantBlock(block: AssistantBlock): Anthropic.ContentBlockParam[] {
  switch (block.type) {
    case 'text':
      return [{ type: 'text', text: safeText(block.text) }];
    case 'tool_call':
      return [
        {
          type: 'tool_use',
          id: block.callId,
          name: block.name,
          input: isObject(block.input) ? block.input : {},
        },
      ];
    case 'opaque':
      return block.provider === 'anthropic' ? [block.value as Anthropic.ContentBlockParam] : [];
    default:
      return block satisfies never;
  }
}

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function withMark(message: Sent): Sent {
  const last = message.content.at(-1) as Anthropic.TextBlockParam;
  return { ...message, content: [...message.content.slice(0, -1), { ...last, ...MARK }] };
}
