import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { registerSearchAttributes } from './search-attributes.ts';

const READY_WITHIN_MS = 60_000;
const RETENTION_DAYS = 30;

/** Waits until the server at `address` answers for `namespace`, and gives it our retention and attributes. */
export async function prepareServer(address: string, namespace: string, signal: AbortSignal): Promise<void> {
  const connection = await whenUp(address, namespace, signal);
  try {
    await connection.workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: msToTs(RETENTION_DAYS * 86_400_000) },
    });
    await registerSearchAttributes(connection, namespace);
  } finally {
    await connection.close();
  }
}

async function whenUp(address: string, namespace: string, signal: AbortSignal): Promise<Connection> {
  const connection = Connection.lazy({ address, connectTimeout: '2s' });
  for (const until = Date.now() + READY_WITHIN_MS; ;) {
    try {
      await connection.withDeadline(Date.now() + 1_000, () =>
        connection.workflowService.describeNamespace({ namespace }),
      );
      return connection;
    } catch (error) {
      if (signal.aborted || Date.now() > until) {
        await connection.close();
        throw new Error(`the server at ${address} did not answer`, { cause: error });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
