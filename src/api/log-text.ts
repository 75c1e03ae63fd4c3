import { usd } from '../domain/money.ts';
import { iso } from '../contract/iso.ts';
import { textOf } from '../contract/turn-to-wire.ts';
import type { AnswerEntry, CheckRun, TalkEntry, ToolCall, ToolResult } from '../domain/conversation.ts';

export interface LogWindow {
  readonly taskId: string;
  readonly attempt: number;
  /** Only what came after this turn. */
  readonly after: number;
  /** Only so many last lines. */
  readonly tail?: number | undefined;
}

/** A conversation as a person reads it: what the model said, what it ran, what came out, how the checks ended. */
export function logOf(entries: readonly TalkEntry[], window: LogWindow): string {
  let turn = 0;
  const lines: string[] = [];
  for (const entry of entries) {
    if (entry.kind === 'answer') turn = entry.turn;
    if (turn <= window.after && window.after > 0) continue;
    lines.push(...linesOf(entry, window));
  }
  const shown = window.tail === undefined ? lines : lines.slice(-window.tail);
  return shown.length === 0 ? '' : `${shown.join('\n')}\n`;
}

function linesOf(entry: TalkEntry, { taskId, attempt }: LogWindow): string[] {
  switch (entry.kind) {
    case 'open':
      return [`${iso(entry.at)} ${taskId}, attempt ${attempt}: the ${entry.agentRole} begins`];
    case 'answer':
      return ['', headOf(entry), ...split(textOf(entry)), ...entry.content.flatMap(callLines)];
    case 'results':
      return entry.results.flatMap(resultLines);
    case 'note':
      return ['', 'note:', ...indented(entry.text)];
    case 'checks':
      return [
        '',
        `checks (${entry.stage}) of ${entry.commit.slice(0, 12)}:`,
        ...entry.runs.flatMap(checkLines),
      ];
    default:
      return entry satisfies never;
  }
}

const headOf = ({ turn, at, model, usage, cost, stop }: AnswerEntry): string =>
  `${iso(at)} turn ${turn} · ${model} · ${usage.input + usage.cacheRead + usage.cacheWrite} tokens in, ${usage.output} out · $${usd(cost).toFixed(4)}${stop === 'tool_use' || stop === 'end_turn' ? '' : ` · ${stop}`}`;

const callLines = (block: AnswerEntry['content'][number]): string[] =>
  block.type === 'tool_call' ? [`> ${block.name} ${inputOf(block)}`] : [];

function inputOf({ input, malformed }: ToolCall): string {
  if (malformed !== undefined) return malformed;
  const { command } = (input ?? {}) as { command?: unknown };
  const isShell = typeof command === 'string' && Object.keys(input as object).length === 1;
  return isShell ? command : JSON.stringify(input);
}

const resultLines = ({ text, isError }: ToolResult): string[] => indented(isError ? `error: ${text}` : text);

const checkLines = ({ checkId, command, passed, exitCode, stopped, output }: CheckRun): string[] => [
  `  ${passed ? 'passed' : 'failed'} ${checkId} (${stopped ?? `exit ${exitCode}`}): ${command}`,
  ...(passed ? [] : indented(output)),
];

const split = (text: string): string[] => (text === '' ? [] : text.split('\n'));
const indented = (text: string): string[] => split(text.trimEnd()).map((line) => `  ${line}`);
