import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { ROLES } from '../domain/access.ts';
import type { Caller, Role } from '../domain/access.ts';

/** A token as it is kept: never itself, only its hash. */
export interface TokenRecord {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
  /** SHA-256, hexadecimal. */
  readonly hash: string;
  readonly created_at: string;
  /** Null: never. */
  readonly expires_at: string | null;
}

export interface NewToken {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly expiresAt?: Date | null;
}

/** Makes a token in the file; its text is answered once and kept nowhere. */
export function createToken(file: string, given: NewToken): { record: TokenRecord; token: string } {
  const token = `tutti_${randomBytes(32).toString('base64url')}`;
  const record: TokenRecord = {
    id: randomBytes(5).toString('hex'),
    name: given.name,
    roles: given.roles,
    hash: hashOf(token),
    created_at: new Date().toISOString(),
    expires_at: given.expiresAt?.toISOString() ?? null,
  };
  write(file, [...listTokens(file), record]);
  return { record, token };
}

/** Every token of the file, expired ones included; none when there is no file. */
export function listTokens(file: string): TokenRecord[] {
  if (!existsSync(file)) return [];
  return (JSON.parse(readFileSync(file, 'utf8')) as { tokens: TokenRecord[] }).tokens;
}

/** Revokes by id or name; answers what was revoked. */
export function revokeToken(file: string, idOrName: string): TokenRecord[] {
  const all = listTokens(file);
  const gone = all.filter((record) => record.id === idOrName || record.name === idOrName);
  if (gone.length > 0)
    write(
      file,
      all.filter((record) => !gone.includes(record)),
    );
  return gone;
}

/** The token that clients of this home send: made once, with all roles, readable by the owner only. */
export function ensureHomeToken(home: { readonly tokens: string; readonly token: string }): string {
  if (existsSync(home.token)) return readFileSync(home.token, 'utf8').trim();
  const { token } = createToken(home.tokens, { name: userInfo().username, roles: ROLES });
  writeFileSync(home.token, `${token}\n`, { mode: 0o600, flag: 'wx' });
  return token;
}

/** Who holds a token, or null. The file is read again whenever it has changed. */
export function tokenReader(file: string, adminToken: string | null): (token: string) => Caller | null {
  let known = new Map<string, TokenRecord>();
  let version = '';
  const refresh = (): void => {
    const stat = existsSync(file) ? statSync(file, { bigint: true }) : null;
    const now = stat === null ? 'none' : `${stat.mtimeNs} ${stat.ino} ${stat.size}`;
    if (now === version) return;
    known = new Map(listTokens(file).map((record) => [record.hash, record]));
    version = now;
  };
  const adminHash = adminToken === null ? null : hashOf(adminToken);
  return (token) => {
    const hash = hashOf(token);
    if (hash === adminHash) return { tokenId: 'environment', subject: 'admin', roles: ['admin'] };
    refresh();
    const record = known.get(hash);
    if (record === undefined) return null;
    if (record.expires_at !== null && Date.parse(record.expires_at) <= Date.now()) return null;
    return { tokenId: record.id, subject: record.name, roles: record.roles };
  };
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Replaces the file at once, so that a reader never sees half of it. */
function write(file: string, tokens: readonly TokenRecord[]): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.new`;
  writeFileSync(draft, `${JSON.stringify({ tokens }, null, 2)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, file);
}
