import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { loadConfig } from '../src/config.ts';
import { connectTemporal } from '../src/embedded/connect.ts';
import { runWorker } from '../worker.ts';
import { commandTimes } from './command-times.ts';
import { substrateWorker } from './substrate/worker.ts';
import type { WorkerRole } from '../src/worker/options.ts';

// The process of one role, as `tutti worker` is, with the substrate's workers beside it and an ear for the bench.
const role = process.argv[2] as WorkerRole;
const { config } = loadConfig({ env: process.env });
const temporal = connectTemporal(config, process.env);
if (temporal === null) throw new Error('TEMPORAL_ADDRESS names no server');
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: 'ERROR' } },
  shutdownSignals: [],
});

const stop = new AbortController();
const end = (): void => stop.abort();
process.once('disconnect', end);
process.once('SIGTERM', end);
process.on('message', ({ commands }: { commands: number }) => {
  commandTimes(config, commands).then(
    (times) => process.send?.({ times }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});

const substrate = process.env['TUTTI_BENCH_SUBSTRATE'];
const native = substrate === undefined ? null : await NativeConnection.connect(temporal.connection);
const besides =
  substrate === undefined || native === null ? null : await substrateWorker(role, native, substrate);
const running = besides?.run();
await runWorker({ role, config, temporal, stop: stop.signal, ready: () => process.send?.({ ready: true }) });
besides?.shutdown();
await running;
await native?.close();
if (process.connected) process.disconnect();
