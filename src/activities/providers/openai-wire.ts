import type OpenAI from 'openai';
import type { AssistantBlock, Message, ToolCall, ToolSpec } from '../../domain/conversation.ts';
import { sendable } from './content.ts';
import type { Completion } from './provider.ts';
import { safeText } from './tool-input.ts';

type Sent = OpenAI.Chat.ChatCompletionMessageParam;

/**
 * The request in the words of chat completions. OpenAI's own models know only `max_completion_tokens`, most other
 * servers only `max_tokens`.
 */
export function toOpenAi(
  request: Completion,
  vendor: boolean,
): OpenAI.Chat.ChatCompletionCreateParamsStreaming {
  return {
    model: request.model,
    stream: true,
    stream_options: { include_usage: true },
    ...(vendor ? { max_completion_tokens: request.maxTokens } : { max_tokens: request.maxTokens }),
    ...(request.tools.length === 0 ? {} : { tools: request.tools.map(toolOf) }),
    messages: [
      { role: 'system', content: safeText(request.system) },
      ...sendable(request.messages).flatMap(messagesOf),
    ],
  };
}

function toolOf({ name, description, inputSchema }: ToolSpec): OpenAI.Chat.ChatCompletionFunctionTool {
  return { type: 'function', function: { name, description, parameters: { ...inputSchema } } };
}

function messagesOf(message: Message): Sent[] {
  if (message.role === 'assistant') return [assistantMessage(message.content)];
  return message.content.map((block) =>
    block.type === 'text'
      ? { role: 'user', content: safeText(block.text) }
      : { role: 'tool', tool_call_id: block.callId, content: safeText(block.text) || '(nothing)' },
  );
}

function assistantMessage(content: readonly AssistantBlock[]): Sent {
  const text = content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
  const calls = content.filter((block) => block.type === 'tool_call');
  // Some servers want a model's reasoning back, under the name that they gave it.
  const reasoning = content.flatMap((block) =>
    block.type === 'opaque' && block.provider === 'openai' ? [block.value] : [],
  );
  return {
    ...Object.assign({}, ...reasoning),
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : safeText(text),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(callOf) }),
  };
}

function callOf({ callId, name, input }: ToolCall): OpenAI.Chat.ChatCompletionMessageFunctionToolCall {
  return { id: callId, type: 'function', function: { name, arguments: JSON.stringify(input ?? {}) } };
}
