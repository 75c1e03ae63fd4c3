import { DefaultLogger, Runtime } from '@temporalio/worker';
import { runWorker } from '../../worker.ts';
import { withoutSecrets } from '../config.ts';
import { onStopSignals } from '../embedded/signals.ts';
import { reportReady, whenOrphaned } from '../embedded/supervised.ts';
import { supervise } from '../embedded/supervisor.ts';
import { configOf, flagsAgain, namedTemporal } from './server/load.ts';
import { MAIN_SCRIPT } from './server/main-script.ts';
import type { Invocation } from './invocation.ts';
import type { WorkerRole } from '../worker/options.ts';

export interface WorkerOptions {
  readonly role?: WorkerRole;
}

/** Runs the worker of one role until it is told to stop; without a role both, as two processes. */
export async function worker(invocation: Invocation<WorkerOptions>): Promise<number> {
  const { role } = invocation.options;
  if (role === undefined) return both(invocation);
  const { config } = configOf(invocation);
  const temporal = namedTemporal(config, invocation);
  Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: [] });
  const stop = new AbortController();
  onStopSignals(
    () => stop.abort(),
    () => process.exit(1),
  );
  whenOrphaned(() => stop.abort());
  const ready = () => {
    reportReady();
    if (process.send === undefined)
      invocation.io.stderr.write(`The ${role} worker polls ${temporal.connection.address}\n`);
  };
  await runWorker({ role, config, temporal, stop: stop.signal, ready });
  return 0;
}

async function both(invocation: Invocation<WorkerOptions>): Promise<number> {
  const { io } = invocation;
  const { config } = configOf(invocation);
  namedTemporal(config, invocation);
  const flags = flagsAgain(invocation, ['config', 'temporalProfile', 'sandbox']);
  const child = (role: WorkerRole, env: Invocation['io']['env']) => ({
    name: role,
    argv: [MAIN_SCRIPT, 'worker', '--role', role, ...flags] as const,
    env,
  });
  const supervisor = supervise({
    children: [child('engine', io.env), child('workspace', withoutSecrets(io.env))],
    logs: config.home.logs,
    onLine: ({ name, stream, line }) => stream === 'stdout' || io.stderr.write(`${name}: ${line}\n`),
  });
  onStopSignals(
    () => void supervisor.stop(),
    () => void supervisor.kill(),
  );
  await Promise.race([supervisor.ready, supervisor.stopped]).catch(async (error: unknown) => {
    await supervisor.kill();
    throw error;
  });
  io.stderr.write(`Both workers run; logs in ${config.home.logs}\n`);
  await supervisor.stopped;
  return 0;
}
