import type {
  AssistantBlock,
  Message,
  StopReason,
  ToolCall,
  ToolResult,
  UserBlock,
} from '../../domain/conversation.ts';
import type { Completion } from './provider.ts';
import { MAX_CALLS } from './tool-input.ts';

/** An answer's blocks as they are kept: every call with an id of its own, empty texts gone, at most `MAX_CALLS` calls. */
export function kept(blocks: readonly AssistantBlock[], subject: Completion['subject']): AssistantBlock[] {
  const seen = new Set<string>();
  const content: AssistantBlock[] = [];
  let calls = 0;
  for (const block of blocks) {
    if (block.type === 'text' && block.text.trim() === '') continue;
    if (block.type !== 'tool_call') content.push(block);
    else if (++calls <= MAX_CALLS) {
      const callId =
        block.callId !== '' && !seen.has(block.callId) ? block.callId : `${callIdOf(subject)}_${calls}`;
      seen.add(callId);
      content.push({ ...block, callId });
    }
  }
  if (calls <= MAX_CALLS) return content;
  const first = content.findIndex((block) => block.type === 'tool_call');
  const note = `(Of ${calls} tool calls in this answer the first ${MAX_CALLS} were kept.)`;
  return [...content.slice(0, first), { type: 'text', text: note }, ...content.slice(first)];
}

/** A call id that is the same whenever the same step is repeated. */
export const callIdOf = ({ taskId, attempt, turn }: Completion['subject']): string =>
  `tutti_${taskId}_${attempt}_${turn}`;

/** Where the vendor's stop reason leaves it open, calls decide. */
export function stopOf(named: StopReason | null, content: readonly AssistantBlock[]): StopReason {
  if (named !== null && named !== 'end_turn') return named;
  return content.some((block) => block.type === 'tool_call') ? 'tool_use' : 'end_turn';
}

/**
 * The messages as every endpoint accepts them: each call is answered at once and in order, no result is without
 * its call, nothing is empty. The same conversation always gives the same messages, so that prefixes stay cached.
 */
export function sendable(messages: readonly Message[]): Message[] {
  const sent: Message[] = [];
  let open: ToolCall[] = [];
  const answerOpen = (given: readonly UserBlock[]): void => {
    const results = open.map(
      ({ callId }) => given.find((block) => isResultOf(block, callId)) ?? unanswered(callId),
    );
    const texts = given.filter((block) => block.type === 'text' && block.text.trim() !== '');
    if (results.length + texts.length > 0) sent.push({ role: 'user', content: [...results, ...texts] });
    open = [];
  };
  for (const message of messages) {
    if (message.role === 'user') answerOpen(message.content);
    else {
      if (open.length > 0) answerOpen([]);
      open = message.content.filter((block) => block.type === 'tool_call');
      if (message.content.length > 0) sent.push(message);
    }
  }
  if (open.length > 0) answerOpen([]);
  return sent;
}

const isResultOf = (block: UserBlock, callId: string): boolean =>
  block.type === 'tool_result' && block.callId === callId;

const unanswered = (callId: string): ToolResult => ({
  type: 'tool_result',
  callId,
  text: 'This call was not carried out.',
  isError: true,
});
