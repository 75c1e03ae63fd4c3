import * as tokens from '../api/tokens.ts';
import { homePaths, tuttiHome } from '../home.ts';
import { columnsOf, paintFor, printLines } from './io.ts';
import { printJson, wantsJson } from './invocation.ts';
import { oneLine } from './view/text.ts';
import { tableLines } from './view/table.ts';
import { Refusal } from './errors.ts';
import type { Invocation } from './invocation.ts';
import type { Role } from '../domain/access.ts';

export interface CreateTokenOptions {
  readonly role: readonly Role[];
  readonly name: string;
  readonly expires?: string;
}

/** Makes a token and prints it: the only time that it is seen. */
export async function createToken(invocation: Invocation<CreateTokenOptions>): Promise<number> {
  const { io, options } = invocation;
  const expiresAt =
    options.expires === undefined ? null : new Date(Date.now() + milliseconds(options.expires));
  const roles = [...new Set(options.role)];
  const { record, token } = tokens.createToken(file(invocation), { name: options.name, roles, expiresAt });
  const { id, name, expires_at } = record;
  if (wantsJson(options)) printJson(invocation, { id, name, roles, expires_at, token });
  else {
    io.stdout.write(`${token}\n`);
    const until = expires_at === null ? 'for ever' : `until ${expires_at}`;
    io.stderr.write(`${id}: ${roles.join(', ')} for ${name}, valid ${until}. It is not shown again.\n`);
  }
  return 0;
}

/** Lists the tokens, never themselves. */
export async function listTokens(invocation: Invocation): Promise<number> {
  const { io, options } = invocation;
  const all = tokens.listTokens(file(invocation)).map(shown);
  if (wantsJson(options)) {
    printJson(invocation, { tokens: all });
    return 0;
  }
  const rows = all.map(({ id, name, roles, created_at, expires_at }) => [
    id,
    oneLine(name),
    roles.join(', '),
    created_at.slice(0, 10),
    expires_at === null
      ? 'never'
      : Date.parse(expires_at) <= Date.now()
        ? 'expired'
        : expires_at.slice(0, 10),
  ]);
  const columns = ['id', 'name', 'roles', 'made', 'expires'].map((name) => ({ name }));
  printLines(
    io.stdout,
    tableLines(columns, rows, { cells: columnsOf(io.stdout), paint: paintFor(io, io.stdout) }),
  );
  return 0;
}

const shown = ({ id, name, roles, created_at, expires_at }: tokens.TokenRecord) => ({
  id,
  name,
  roles,
  created_at,
  expires_at,
});

/** Revokes by id or name. */
export async function revokeToken(invocation: Invocation): Promise<number> {
  const { io, args, options } = invocation;
  const gone = tokens.revokeToken(file(invocation), args[0] ?? '');
  if (gone.length === 0) throw new Refusal(`There is no token "${args[0]}". "tutti token list" shows them.`);
  if (wantsJson(options)) printJson(invocation, { revoked: gone.map(({ id }) => id) });
  else io.stdout.write(gone.map(({ id, name }) => `${id} ${oneLine(name)} revoked\n`).join(''));
  return 0;
}

const file = ({ io }: Invocation): string => homePaths(tuttiHome(io.env)).tokens;

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

function milliseconds(text: string): number {
  const [, amount, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const factor = UNITS[unit ?? ''];
  if (factor !== undefined && Number(amount) > 0) return Number(amount) * factor;
  throw new Refusal(`--expires ${text} should look like 30d, 12h, 90m or 2w`);
}
