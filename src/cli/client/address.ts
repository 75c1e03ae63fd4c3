import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { Refusal } from '../errors.ts';
import type { GlobalOptions } from '../invocation.ts';
import type { Io } from '../io.ts';

/** Where the server is and what is shown to it. */
export interface Address {
  readonly url: string;
  readonly token: string | null;
}

const DEFAULT_URL = 'http://127.0.0.1:8700';

/**
 * The server of `--url` or `TUTTI_URL`, else the one that runs from Tutti's home. The token in that home goes to this
 * machine only. Throws a Refusal when the URL is none.
 */
export function findServer(
  { env }: Pick<Io, 'env'>,
  options: Pick<GlobalOptions, 'url' | 'token' | 'adminToken'>,
): Address {
  const home = path.resolve(env['TUTTI_HOME'] || path.join(env['HOME'] || homedir(), '.tutti'));
  const running = urlIn(path.join(home, 'server.json'));
  const url = checked(options.url || env['TUTTI_URL'] || running || DEFAULT_URL);
  const given = options.token || options.adminToken || env['TUTTI_TOKEN'];
  const isOwn = url === running || isLoopback(new URL(url).hostname);
  const own = isOwn ? (read(path.join(home, 'token'))?.trim() ?? null) : null;
  return { url, token: given || own || env['TUTTI_ADMIN_TOKEN'] || env['ARW_ADMIN_TOKEN'] || null };
}

function checked(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url.replace(/\/+$/, '');
  throw new Refusal(`"${url}" is no URL of a server; it should look like ${DEFAULT_URL}`);
}

function urlIn(file: string): string | null {
  try {
    const { url } = JSON.parse(read(file) ?? 'null') as { url?: unknown };
    return typeof url === 'string' ? url : null;
  } catch {
    return null;
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
