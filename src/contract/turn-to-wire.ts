import { usd } from '../domain/money.ts';
import { iso } from './iso.ts';
import { usageToWire } from './task-to-wire.ts';
import type { AnswerEntry, ChecksEntry, ResultsEntry, ToolCall } from '../domain/conversation.ts';
import type { WireTurn, WireTurnDetail } from './turns.ts';

/** A turn as the store holds it. */
export interface TurnParts {
  readonly turn: number;
  readonly answer: AnswerEntry;
  readonly results: ResultsEntry | null;
  readonly tree: string | null;
  readonly checks: readonly ChecksEntry[];
  readonly totals: { readonly activity: string };
}

export const turnToWire = ({ turn, answer, tree, totals }: TurnParts): WireTurn => ({
  n: turn,
  at: iso(answer.at),
  model: answer.model,
  usage: usageToWire(answer.usage),
  cost_usd: usd(answer.cost),
  tree_sha: tree,
  summary: totals.activity,
});

export function turnDetailToWire(parts: TurnParts): WireTurnDetail {
  const { answer, results, checks } = parts;
  const calls = answer.content.filter((block): block is ToolCall => block.type === 'tool_call');
  return {
    ...turnToWire(parts),
    text: textOf(answer),
    stop: answer.stop,
    tool_calls: calls.map((call) => {
      const result = results?.results.find((one) => one.callId === call.callId);
      return {
        call_id: call.callId,
        name: call.name,
        input: call.malformed ?? call.input,
        output: result?.text ?? null,
        is_error: result?.isError ?? false,
      };
    }),
    checks: checks.flatMap(({ runs }) =>
      runs.map((run) => ({
        check_id: run.checkId,
        command: run.command,
        passed: run.passed,
        exit_code: run.exitCode,
        output: run.output,
      })),
    ),
  };
}

/** What the model said in words. */
export const textOf = (answer: AnswerEntry): string =>
  answer.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
