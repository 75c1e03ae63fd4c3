import { createServer } from 'node:net';
import { ensureHomeToken } from '../api/tokens.ts';
import { portOwner } from '../api/port-owner.ts';
import { withoutSecrets } from '../config.ts';
import { connectTemporal } from '../embedded/connect.ts';
import { onStopSignals } from '../embedded/signals.ts';
import { supervise } from '../embedded/supervisor.ts';
import { claimHome } from '../home.ts';
import { configOf, flagsAgain } from './server/load.ts';
import { keepTemporal } from './server/keep-temporal.ts';
import { MAIN_SCRIPT } from './server/main-script.ts';
import { welcome } from './server/welcome.ts';
import { Refusal } from './errors.ts';
import type { ChildSpec } from '../embedded/supervisor.ts';
import type { Config } from '../config.ts';
import type { Env } from '../home.ts';
import type { Invocation } from './invocation.ts';
import type { KeptTemporal } from './server/keep-temporal.ts';

export interface UpOptions {
  readonly temporalUi?: string;
}

/** What is left of the ten seconds for Temporal, which is stopped last. */
const GRACE_MS = 9_300;

/** Runs Temporal, the API and both workers until it is told to stop; answers 0 after an orderly stop. */
export async function up(invocation: Invocation<UpOptions>): Promise<number> {
  const { io } = invocation;
  const { config } = configOf(invocation);
  const claim = claimHome(config.home, { url: urlOf(config, config.port) });
  const stop = new AbortController();
  const kill = new AbortController();
  const release = onStopSignals(
    () => stop.abort(),
    () => {
      kill.abort();
      setTimeout(() => process.exit(1), AT_ONCE_MS).unref();
    },
  );
  // A closed terminal is a stop like any other.
  process.on('SIGHUP', () => stop.abort());
  let temporal: KeptTemporal | null = null;
  try {
    const port = await freePort(config);
    claim.update(urlOf(config, port));
    ensureHomeToken(config.home);
    if (connectTemporal(config, io.env) === null) temporal = await keepTemporal({ config, io, stop, kill });
    if (!stop.signal.aborted) await runParts(invocation, { config, port, temporal, stop, kill });
    const failure = temporal?.failure() ?? null;
    if (failure !== null) throw new Refusal(failure);
    return kill.signal.aborted ? 1 : 0;
  } finally {
    await temporal?.stop();
    claim.release();
    release();
  }
}

/** How long a second Ctrl-C waits for what has been killed to be gone. */
const AT_ONCE_MS = 1_000;

interface Parts {
  readonly config: Config;
  readonly port: number;
  readonly temporal: KeptTemporal | null;
  readonly stop: AbortController;
  readonly kill: AbortController;
}

async function runParts(
  invocation: Invocation<UpOptions>,
  { config, port, temporal, stop, kill }: Parts,
): Promise<void> {
  const { io, options } = invocation;
  const uiUrl = temporal?.uiUrl ?? options.temporalUi ?? null;
  const supervisor = supervise({
    children: childrenOf(invocation, { port, temporal, uiUrl }),
    logs: config.home.logs,
    graceMs: GRACE_MS,
    signal: stop.signal,
    onLine: ({ name, stream, line }) => {
      if (stream === 'supervisor' && !stop.signal.aborted) io.stderr.write(`${name}: ${line}\n`);
    },
  });
  kill.signal.addEventListener('abort', () => void supervisor.kill(), { once: true });
  stop.signal.addEventListener('abort', () => io.stderr.write('Stopping; once more to stop at once.\n'), {
    once: true,
  });
  try {
    await Promise.race([supervisor.ready, supervisor.stopped]);
  } catch (error) {
    await supervisor.kill();
    throw error;
  }
  if (!stop.signal.aborted)
    await welcome(io, { config, url: urlOf(config, port), uiUrl, signal: stop.signal });
  await supervisor.stopped;
}

/** Each part as a process of its own: the workspace worker, which runs what models write, gets no keys and no tokens. */
function childrenOf(
  invocation: Invocation,
  { port, temporal, uiUrl }: { port: number; temporal: KeptTemporal | null; uiUrl: string | null },
): ChildSpec[] {
  const env: Env = { ...invocation.io.env, ...temporal?.env };
  const flags = flagsAgain(invocation, ['config', 'temporalProfile', 'sandbox']);
  const ofApi = flagsAgain(invocation, ['host', 'publicUrl', 'repo', 'provider', 'model']);
  const ui = uiUrl === null ? [] : ['--temporal-ui', uiUrl];
  return [
    { name: 'api', argv: [MAIN_SCRIPT, 'api', ...flags, ...ofApi, '--port', String(port), ...ui], env },
    { name: 'engine', argv: [MAIN_SCRIPT, 'worker', '--role', 'engine', ...flags], env },
    {
      name: 'workspace',
      argv: [MAIN_SCRIPT, 'worker', '--role', 'workspace', ...flags],
      env: withoutSecrets(env),
    },
  ];
}

/** The port to listen on; 0 becomes a free one, so that an API that is started again has the same. */
async function freePort({ host, port }: Config): Promise<number> {
  const free = await new Promise<number | null>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    );
    probe.listen({ host, port, exclusive: true }, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
  if (free !== null) return free;
  const owner = (await portOwner(port)) ?? 'a process of another user';
  throw new Refusal(
    `Port ${port} is taken by ${owner}. Stop it, or choose another port with --port (TUTTI_PORT).`,
  );
}

const urlOf = ({ host }: Config, port: number): string => {
  const name =
    host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
};
