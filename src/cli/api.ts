import { pino } from 'pino';
import { Connection } from '@temporalio/client';
import { startApi } from '../api/server.ts';
import { registerSearchAttributes } from '../embedded/search-attributes.ts';
import { onStopSignals } from '../embedded/signals.ts';
import { reportReady, whenOrphaned } from '../embedded/supervised.ts';
import { configOf, namedTemporal } from './server/load.ts';
import type { Invocation } from './invocation.ts';
import type { TemporalTarget } from '../embedded/connect.ts';

export interface ApiOptions {
  readonly temporalUi?: string;
}

/** Runs the API until it is told to stop. */
export async function api(invocation: Invocation<ApiOptions>): Promise<number> {
  const { config } = configOf(invocation);
  const temporal = namedTemporal(config, invocation);
  const log = pino(process.stdout.isTTY ? { level: 'warn' } : {});
  const stopped = new Promise<void>((resolve) => {
    onStopSignals(resolve, () => process.exit(1));
    whenOrphaned(resolve);
  });
  await prepare(temporal);
  const running = await startApi({ config, temporal, uiUrl: invocation.options.temporalUi ?? null, log });
  reportReady();
  if (process.send === undefined) invocation.io.stderr.write(`The API listens on ${running.url}\n`);
  await stopped;
  await running.close();
  return 0;
}

/** A server that is away now is no reason not to start: the API answers 503 until it is back. */
async function prepare({ connection: address, namespace }: TemporalTarget): Promise<void> {
  const connection = Connection.lazy(address);
  try {
    const isThere = await connection
      .withDeadline(Date.now() + 10_000, () => connection.workflowService.getSystemInfo({}))
      .then(
        () => true,
        () => false,
      );
    if (isThere) await registerSearchAttributes(connection, namespace);
  } finally {
    await connection.close();
  }
}
