import { describeConfig } from '../config.ts';
import { columnsOf, paintFor, printLines } from './io.ts';
import { configOf } from './server/load.ts';
import { printJson, wantsJson } from './invocation.ts';
import { tableLines } from './view/table.ts';
import type { Invocation } from './invocation.ts';

/** Prints what is in force and from where. */
export async function config(invocation: Invocation): Promise<number> {
  const { io, options } = invocation;
  const { config: inForce, sources } = configOf(invocation);
  const rows = describeConfig(inForce, sources);
  if (wantsJson(options)) {
    printJson(invocation, { file: inForce.file, values: rows });
    return 0;
  }
  const paint = paintFor(io, io.stdout);
  const columns = [{ name: 'key' }, { name: 'value', shrinks: true }, { name: 'from' }];
  const cells = rows.map(({ key, value, source }) => [
    key,
    value,
    source === 'default' ? paint.dim(source) : source,
  ]);
  printLines(io.stdout, [
    ...tableLines(columns, cells, {
      cells: io.stdout.isTTY === true ? columnsOf(io.stdout) : Infinity,
      paint,
    }),
    paint.dim(inForce.file === null ? `There is no file ${inForce.home.config}.` : `File: ${inForce.file}`),
  ]);
  return 0;
}
