import { createEngineSteps } from '../activities/index.ts';
import { createProviders } from '../activities/providers/index.ts';
import { ENGINE_QUEUE } from '../workflows/messages.ts';
import { workerOptions, workflowOptions } from './options.ts';
import type { Config } from '../config.ts';
import type { NativeConnection, WorkerOptions } from '@temporalio/worker';

/** The worker for workflows and model calls: it holds the keys and has no shell. */
export function engineWorkers(
  config: Config,
  connection: NativeConnection,
  namespace: string,
): WorkerOptions[] {
  const { anthropicApiKey, openaiApiKey } = config.secrets;
  const openai = openaiApiKey !== null || config.openaiBaseUrl !== null;
  const providers = createProviders({
    anthropic:
      anthropicApiKey === null ? null : { apiKey: anthropicApiKey, baseUrl: config.anthropicBaseUrl },
    openai: openai ? { apiKey: openaiApiKey ?? 'none', baseUrl: config.openaiBaseUrl } : null,
    script: config.script,
  });
  return [
    {
      ...workerOptions(config, 'engine', connection, namespace),
      ...workflowOptions(),
      taskQueue: ENGINE_QUEUE,
      activities: { ...createEngineSteps({ hubsDir: config.home.hubs, providers }) },
    },
  ];
}
