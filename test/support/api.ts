import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { createApp } from '../../src/api/app.ts';
import { apiDeps } from '../../src/api/server.ts';
import { createToken } from '../../src/api/tokens.ts';
import { loadConfig } from '../../src/config.ts';
import { createClient } from '../../src/contract/client.ts';
import { closeStore } from '../../src/store/sessions.ts';
import { withEngine } from './engine.ts';
import { makeRepository } from './repository.ts';
import type { AddressInfo } from 'node:net';
import type { Client } from '../../src/contract/client.ts';
import type { Config } from '../../src/config.ts';
import type { Deps } from '../../src/api/deps.ts';
import type { Role } from '../../src/domain/access.ts';
import type { TemporalTarget } from '../../src/embedded/connect.ts';
import type { Engine, EngineOptions } from './engine.ts';

/** A listening API of this process. */
export interface Api {
  readonly url: string;
  readonly deps: Deps;
  /** The token of a person with these roles. (Default: all) */
  token(name?: string, roles?: readonly Role[]): string;
  /** A client with such a token. */
  as(name?: string, roles?: readonly Role[]): Client;
  /** A bare request with a token that has all roles; `body` is sent as it is when it is a text. */
  request(method: string, path: string, options?: RequestOptions): Promise<Answered>;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Null: none. */
  readonly token?: string | null;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; null when it is not. */
  readonly json: Record<string, unknown> | null;
}

const ALL: readonly Role[] = ['submitter', 'reviewer', 'operator', 'admin'];

/** An API over an engine with real workers. */
export const withApi = (
  options: EngineOptions,
  use: (api: Api, engine: Engine) => Promise<void>,
): Promise<void> =>
  withEngine(options, (engine) => withServer(engine.config, engine.temporal, {}, (api) => use(api, engine)));

/** An API whose Temporal server does not exist, with a source repository: what must be refused needs no engine. */
export async function withDoor(
  use: (api: Api, source: { dir: string; repo: string }) => Promise<void>,
  given: { env?: Readonly<Record<string, string>>; deps?: Partial<Deps> } = {},
): Promise<void> {
  const dir = await realpath(await mkdtemp(path.join(tmpdir(), 'tutti-door-')));
  const repo = path.join(dir, 'source');
  await makeRepository(repo);
  const { PATH, HOME } = process.env;
  const { config } = loadConfig({
    env: { PATH, HOME, TUTTI_HOME: path.join(dir, 'home'), ...given.env },
    cwd: dir,
  });
  try {
    const nowhere = { connection: { address: '127.0.0.1:1' }, namespace: 'default' };
    await withServer(config, nowhere, given.deps ?? {}, (api) => use(api, { dir, repo }));
  } finally {
    await closeStore();
    await rm(dir, { recursive: true, force: true });
  }
}

/** An API over whatever Temporal server `temporal` names. */
export async function withServer(
  config: Config,
  temporal: TemporalTarget,
  replaced: Partial<Deps>,
  use: (api: Api) => Promise<void>,
): Promise<void> {
  const log = pino({ level: process.env['TUTTI_TEST_LOG'] ?? 'silent' });
  const deps = { ...apiDeps({ config, temporal, uiUrl: null, log }), ...replaced };
  const server = createServer(createApp(deps));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const token = (name = 'ana', roles = ALL): string => createToken(config.home.tokens, { name, roles }).token;
  const anas = token();
  try {
    await use({
      url,
      deps,
      token,
      as: (name, roles) => createClient({ url, token: token(name, roles) }),
      request: (method, to, options = {}) => request(`${url}${to}`, method, { token: anas, ...options }),
    });
  } finally {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
    await deps.gateway.close();
  }
}

async function request(
  url: string,
  method: string,
  { body, headers, token }: RequestOptions,
): Promise<Answered> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(typeof token === 'string' && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: asJson(text) };
}

function asJson(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}
