import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { registerSearchAttributes } from './search-attributes.ts';

const READY_WITHIN_MS = 60_000;
const RETENTION_DAYS = 30;

/**
 * Waits until the server at `host:port` answers for `namespace`, and gives it our retention and attributes.
 * Throws an Error when that takes longer than a minute, or the signal's reason.
 */
export async function prepareServer(
  { host, port, namespace }: { host: string; port: number; namespace: string },
  signal: AbortSignal,
): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(READY_WITHIN_MS)]);
  // gRPC waits a second after a refused connection; a bare socket may knock as often as it likes.
  await until(() => accepts(host, port), limit);
  const connection = Connection.lazy({ address: `${host}:${port}` });
  try {
    await until(() => serves(connection, namespace), limit);
    await connection.workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: msToTs(RETENTION_DAYS * 86_400_000) },
    });
    await registerSearchAttributes(connection, namespace);
  } finally {
    await connection.close();
  }
}

async function until(condition: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!(await condition())) {
    signal.throwIfAborted();
    await pause(20);
  }
}

const accepts = (host: string, port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host, port });
    const settle = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });

async function serves(connection: Connection, namespace: string): Promise<boolean> {
  try {
    await connection.withDeadline(Date.now() + 2_000, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return true;
  } catch {
    return false;
  }
}
