import { agentScript, startModelEndpoint } from './model-endpoint-server.mjs';
import type { EndpointAnswer, ModelEndpoint, ScriptedAgent } from './model-endpoint-server.mjs';

export { agentScript } from './model-endpoint-server.mjs';
export type {
  EndpointAnswer,
  EndpointRecord,
  EndpointReply,
  EndpointRequest,
  ModelEndpoint,
  ScriptedAgent,
} from './model-endpoint-server.mjs';

/** A model endpoint on a free port of 127.0.0.1 for as long as `run` lasts, answering by function or by agents. */
export async function withModelEndpoint<T>(
  script: EndpointAnswer | readonly ScriptedAgent[],
  run: (endpoint: ModelEndpoint) => Promise<T>,
): Promise<T> {
  const endpoint = await startModelEndpoint(typeof script === 'function' ? script : agentScript(script));
  try {
    return await run(endpoint);
  } finally {
    await endpoint.close();
  }
}
