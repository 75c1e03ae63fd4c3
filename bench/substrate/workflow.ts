import { proxyActivities } from '@temporalio/workflow';

interface Empty {
  empty(): Promise<null>;
}

const at = (role: string) =>
  proxyActivities<Empty>({
    taskQueue: `bench-${role}`,
    startToCloseTimeout: '1 minute',
    heartbeatTimeout: '20s',
  });

/** The least that a turn can cost on this server: two empty activities, one in each worker process. */
export async function substrateWorkflow(turns: number): Promise<void> {
  const [model, tools] = [at('engine').empty, at('workspace').empty];
  for (let turn = 0; turn < turns; turn++) {
    await model();
    await tools();
  }
}
