import { columnsOf, paintFor, printLines } from './io.ts';
import { oneLine } from './view/text.ts';
import { openSession } from './client/session.ts';
import { printJson, wantsJson } from './invocation.ts';
import { tableLines } from './view/table.ts';
import type { Invocation } from './invocation.ts';
import type { Paint } from './view/paint.ts';
import type { WireProvider, WireProviderList } from '../contract/providers.ts';

/** Lists who can play the model's side, with prices. */
export async function providers(invocation: Invocation<{ readonly models?: boolean }>): Promise<number> {
  const { io, options } = invocation;
  const list = await openSession(invocation).client.providers();
  if (wantsJson(options)) printJson(invocation, list);
  else
    printLines(
      io.stdout,
      options.models === true ? modelLines(invocation, list) : providerLines(invocation, list),
    );
  return 0;
}

function providerLines({ io }: Invocation, { providers: all }: WireProviderList): string[] {
  const paint = paintFor(io, io.stdout);
  const rows = all.map((one) => [
    one.default ? paint.bold(one.id) : one.id,
    stateOf(one, paint),
    one.models.length === 0 ? '' : `${one.models.length} models`,
    oneLine(one.reason ?? one.name),
  ]);
  const columns = [
    { name: 'provider' },
    { name: 'state' },
    { name: 'prices' },
    { name: 'note', shrinks: true },
  ];
  return tableLines(columns, rows, { cells: columnsOf(io.stdout), paint });
}

function stateOf(provider: WireProvider, paint: Paint): string {
  if (!provider.configured) return paint.dim('not configured');
  if (provider.reachable === false) return paint.red('not reachable');
  return paint.green(provider.default ? 'ready, default' : 'ready');
}

function modelLines({ io }: Invocation, { providers: all, prices_as_of }: WireProviderList): string[] {
  const paint = paintFor(io, io.stdout);
  const price = (usd: number) => usd.toFixed(2);
  const rows = all.flatMap((one) =>
    one.models.map((model) => [
      one.id,
      price(model.input_usd_per_mtok),
      price(model.output_usd_per_mtok),
      price(model.cache_read_usd_per_mtok),
      price(model.cache_write_usd_per_mtok),
      `${Math.round(model.context_tokens / 1000)}k`,
      oneLine(model.id),
    ]),
  );
  const right = ['input', 'output', 'cache read', 'write', 'context'].map((name) => ({
    name,
    align: 'right' as const,
  }));
  const columns = [{ name: 'provider' }, ...right, { name: 'model', shrinks: true }];
  return [
    ...tableLines(columns, rows, { cells: columnsOf(io.stdout), paint }),
    paint.dim(`US dollars per million tokens, as of ${prices_as_of}`),
  ];
}
