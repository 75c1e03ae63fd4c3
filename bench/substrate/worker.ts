import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker, bundleWorkflowCode } from '@temporalio/worker';
import type { NativeConnection } from '@temporalio/worker';
import type { WorkerRole } from '../../src/worker/options.ts';

/** A worker that serves the substrate's part of a role. `bundle`: where the bundled workflow lies. */
export const substrateWorker = (
  role: WorkerRole,
  connection: NativeConnection,
  bundle: string,
): Promise<Worker> =>
  Worker.create({
    connection,
    taskQueue: `bench-${role}`,
    activities: { empty: async () => null },
    ...(role === 'engine' && {
      workflowBundle: { codePath: bundle },
      maxConcurrentWorkflowTaskExecutions: 8,
    }),
  });

/** Bundles the substrate's workflow into `file`. */
export async function bundleSubstrate(file: string): Promise<void> {
  const quiet = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, log() {} };
  const workflowsPath = fileURLToPath(new URL('./workflow.js', import.meta.url));
  writeFileSync(file, (await bundleWorkflowCode({ workflowsPath, logger: quiet })).code);
}
