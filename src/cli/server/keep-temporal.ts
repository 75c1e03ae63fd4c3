import { findTemporal } from '../../embedded/find.ts';
import { startTemporal } from '../../embedded/start.ts';
import type { Config } from '../../config.ts';
import type { Io } from '../io.ts';
import type { TemporalServer } from '../../embedded/start.ts';

/** The embedded Temporal server, started again where it was whenever it dies. */
export interface KeptTemporal {
  /** How a process of ours reaches it. */
  readonly env: Readonly<Record<string, string>>;
  readonly uiUrl: string;
  /** Why it is given up; null: it is not. Then `stop` of the options has been aborted. */
  failure(): string | null;
  stop(): Promise<void>;
}

const QUICK_MS = 30_000;
const HOPELESS_AFTER = 3;

/** Finds and starts Temporal, and keeps it running. Answers null when `stop` was aborted before it was found. */
export async function keepTemporal(options: {
  readonly config: Config;
  readonly io: Io;
  readonly stop: AbortController;
  readonly kill: AbortController;
}): Promise<KeptTemporal | null> {
  const { config, io, stop, kill } = options;
  const { home } = config;
  const onProgress = (line: string) => void io.stderr.write(`${line}\n`);
  const binary = await Promise.race([findTemporal({ home, env: io.env, onProgress }), aborted(stop.signal)]);
  if (binary === null) return null;
  let server = await startTemporal({ binary, home });
  let quickDeaths = 0;
  let reason: string | null = null;
  kill.signal.addEventListener('abort', () => killNow(server.pid), { once: true });

  const again = async (began: number, how: string): Promise<void> => {
    if (stop.signal.aborted) return;
    quickDeaths = Date.now() - began < QUICK_MS ? quickDeaths + 1 : 1;
    onProgress(`${how.split('\n')[0] ?? ''} It is started again.`);
    try {
      if (quickDeaths >= HOPELESS_AFTER) throw new Error(how);
      const next = await startTemporal({ binary, home, ports: portsOf(server) });
      if (next.address !== server.address) {
        await next.stop();
        throw new Error(`Temporal's port was taken by another process: ${server.address}`);
      }
      server = next;
      keep();
    } catch (error) {
      reason = `Temporal cannot be kept running: ${(error as Error).message}`;
      stop.abort();
    }
  };
  const keep = () => {
    const began = Date.now();
    void server.exited.then((how) => again(began, how));
  };

  keep();
  return {
    env: { TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: server.namespace },
    uiUrl: server.uiUrl,
    failure: () => reason,
    stop: () => server.stop(),
  };
}

const portsOf = ({ address, uiUrl }: TemporalServer): { grpc: number; ui: number } => ({
  grpc: Number(new URL(`http://${address}`).port),
  ui: Number(new URL(uiUrl).port),
});

const aborted = (signal: AbortSignal): Promise<null> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
