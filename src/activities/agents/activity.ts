import type { AssistantBlock, ToolCall } from '../../domain/conversation.ts';

/** An answer in one line: what the agent said and does. For histories, lists and people; never decided upon. */
export function activityOf(content: readonly AssistantBlock[]): string {
  const said = content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(' ');
  const calls = content.flatMap((block) => (block.type === 'tool_call' ? [callLine(block)] : []));
  const shown = calls.length > 3 ? [...calls.slice(0, 3), `and ${calls.length - 3} more`] : calls;
  return oneLine([...(said.trim() === '' ? [] : [said]), ...shown].join(' · ')) || '(nothing said)';
}

export function oneLine(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > MOST ? `${line.slice(0, MOST - 1)}…` : line;
}

const MOST = 160;

function callLine({ name, input }: ToolCall): string {
  const fields = typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {};
  const [verb, what] =
    name === 'bash'
      ? ['$', fields.command]
      : name === 'str_replace_based_edit_tool'
        ? ['edit', fields.path]
        : [name, fields.summary];
  return typeof what === 'string' ? `${verb} ${what}` : verb;
}
