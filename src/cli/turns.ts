import { block, oneLine } from './view/text.ts';
import { clock } from './view/task-rows.ts';
import { columnsOf, paintFor, printLines } from './io.ts';
import { openSession } from './client/session.ts';
import { printJson, wantsJson } from './invocation.ts';
import { resolveTarget } from './client/target.ts';
import { tableLines } from './view/table.ts';
import { theOnlyOne } from './logs.ts';
import { usdText } from './view/amounts.ts';
import type { Invocation } from './invocation.ts';
import type { WireTurn, WireTurnDetail } from '../contract/turns.ts';

export interface TurnsOptions {
  readonly turn?: number;
  readonly attempt?: number;
}

/** Lists the turns of a task, or shows one of them in full. */
export async function turns(invocation: Invocation<TurnsOptions>): Promise<number> {
  const { io, options } = invocation;
  const { client } = openSession(invocation);
  const target = await resolveTarget(client, invocation);
  const place = {
    job_id: target.status.job_id,
    task_id: target.taskId ?? theOnlyOne(target),
    ...(options.attempt === undefined ? {} : { attempt: options.attempt }),
  };
  if (options.turn === undefined) {
    const list = await client.turns(place);
    if (wantsJson(options)) printJson(invocation, list);
    else printLines(io.stdout, listLines(invocation, list.turns));
  } else {
    const detail = await client.turn({ ...place, n: options.turn });
    if (wantsJson(options)) printJson(invocation, detail);
    else printLines(io.stdout, detailLines(invocation, detail));
  }
  return 0;
}

function listLines({ io }: Invocation, list: readonly WireTurn[]): string[] {
  const rows = list.map((turn) => [
    String(turn.n),
    clock(turn.at),
    usdText(turn.cost_usd),
    String(turn.usage.input_tokens + turn.usage.cache_read_tokens + turn.usage.cache_write_tokens),
    String(turn.usage.output_tokens),
    oneLine(turn.summary),
  ]);
  return tableLines(COLUMNS, rows, { cells: columnsOf(io.stdout), paint: paintFor(io, io.stdout) });
}

const COLUMNS = [
  { name: 'turn', align: 'right' },
  { name: 'at' },
  { name: 'cost', align: 'right' },
  { name: 'in', align: 'right' },
  { name: 'out', align: 'right' },
  { name: 'what', shrinks: true },
] as const;

function detailLines({ io }: Invocation, turn: WireTurnDetail): string[] {
  const paint = paintFor(io, io.stdout);
  const indent = (text: string) =>
    block(text)
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`);
  return [
    paint.bold(`turn ${turn.n}`) +
      paint.dim(`  ${oneLine(turn.model)}  ${usdText(turn.cost_usd)}  ${turn.stop}`),
    ...(turn.text === '' ? [] : indent(turn.text)),
    ...turn.tool_calls.flatMap((call) => [
      paint.cyan(`${oneLine(call.name)} ${oneLine(JSON.stringify(call.input))}`),
      ...(call.output === null ? ['  (no answer)'] : indent(call.output)),
    ]),
    ...turn.checks.flatMap((check) => [
      `${check.passed ? paint.green('passed') : paint.red('failed')} ${oneLine(check.command)}`,
      ...(check.passed ? [] : indent(check.output)),
    ]),
  ];
}
