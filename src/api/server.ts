import { createServer } from 'node:http';
import { createProviders } from '../activities/providers/index.ts';
import { isConfigured } from '../activities/providers/provider.ts';
import { closeStore } from '../store/sessions.ts';
import { createApp } from './app.ts';
import { createGateway } from './gateway.ts';
import { portOwner } from './port-owner.ts';
import { sandboxState } from './sandbox-state.ts';
import { settingsOf } from './settings.ts';
import { ensureHomeToken, tokenReader } from './tokens.ts';
import { tuttiVersion } from './version.ts';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { TemporalTarget } from '../embedded/connect.ts';
import type { Deps } from './deps.ts';

export interface ApiRun {
  readonly config: Config;
  readonly temporal: TemporalTarget;
  /** The Temporal UI's address; null: not known. */
  readonly uiUrl: string | null;
  readonly log: Logger;
}

export interface RunningApi {
  /** Where it listens, such as `http://127.0.0.1:8700`. */
  readonly url: string;
  readonly port: number;
  /** Ends what is under way and gives the port back. */
  close(): Promise<void>;
}

/** Makes the home's token, listens, and answers. Throws an Error that names who has the port, when it is taken. */
export async function startApi(run: ApiRun): Promise<RunningApi> {
  const { config } = run;
  ensureHomeToken(config.home);
  const deps = apiDeps(run);
  const server = createServer(createApp(deps));
  server.keepAliveTimeout = 65_000;
  const port = await listen(server, config);
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  return {
    url: `http://${host}:${port}`,
    port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await deps.gateway.close();
      await closeStore();
    },
  };
}

/** What the API works with, made from the configuration. */
export function apiDeps({ config, temporal, uiUrl, log }: ApiRun): Deps {
  const { namespace, connection } = temporal;
  const temporalUi = uiUrl === null ? null : `${uiUrl.replace(/\/+$/, '')}/namespaces/${namespace}`;
  const settings = settingsOf(config, tuttiVersion(), temporalUi);
  return {
    settings,
    gateway: createGateway({ connection, namespace }),
    callerOf: tokenReader(config.home.tokens, config.secrets.adminToken),
    sandbox: () => sandboxState(config.home.hosts),
    reachable: reachableOf(config),
    log,
  };
}

/** Asks a provider's endpoint, and not again within half a minute. */
function reachableOf(config: Config): Deps['reachable'] {
  const { anthropicApiKey, openaiApiKey } = config.secrets;
  const providers = createProviders({
    anthropic:
      anthropicApiKey === null ? null : { apiKey: anthropicApiKey, baseUrl: config.anthropicBaseUrl },
    openai:
      openaiApiKey === null && config.openaiBaseUrl === null
        ? null
        : { apiKey: openaiApiKey ?? 'none', baseUrl: config.openaiBaseUrl },
    script: config.script,
  });
  const known = new Map<string, { at: number; answer: Promise<{ ok: boolean; reason: string | null }> }>();
  return async (id) => {
    const provider = providers[id];
    if (!isConfigured(provider)) return null;
    const before = known.get(id);
    if (before !== undefined && before.at > Date.now() - ASKED_AGAIN_AFTER_MS) return before.answer;
    const answer = provider.reachable(AbortSignal.timeout(REACHABLE_WITHIN_MS));
    known.set(id, { at: Date.now(), answer });
    return answer;
  };
}

const ASKED_AGAIN_AFTER_MS = 30_000;
const REACHABLE_WITHIN_MS = 5_000;

function listen(server: Server, { host, port }: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error);
      portOwner(port).then((owner) => reject(new Error(portTaken(port, owner), { cause: error })), reject);
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

const portTaken = (port: number, owner: string | null): string =>
  `Port ${port} is taken by ${owner ?? 'a process of another user'}. Stop it, or choose another port with --port (TUTTI_PORT); 0 takes any free one.`;
