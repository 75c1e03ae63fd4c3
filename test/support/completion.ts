import { anthropic } from '../../src/activities/providers/anthropic.ts';
import { openai } from '../../src/activities/providers/openai.ts';
import { toolSpecs } from '../../src/activities/tools/index.ts';
import type { LineLimits } from '../../src/activities/providers/line.ts';
import type { Completion, Live, Provider } from '../../src/activities/providers/provider.ts';
import type { ModelEndpoint } from './model-endpoint.ts';

/** The providers that talk to an endpoint, as they reach one on loopback. */
export const WIRES: Record<
  'anthropic' | 'openai',
  (endpoint: ModelEndpoint, limits?: LineLimits) => Provider
> = {
  anthropic: (endpoint, limits) => anthropic({ apiKey: KEY, baseUrl: endpoint.url }, limits),
  openai: (endpoint, limits) => openai({ apiKey: KEY, baseUrl: `${endpoint.url}/v1` }, limits),
};

export const KEY = 'key-of-the-tests';

/** A first call of a builder, with what a test wants to differ. */
export function completion(changes: Partial<Completion> = {}): Completion {
  return {
    model: 'claude-sonnet-5',
    maxTokens: 1024,
    system: 'Work well.',
    tools: toolSpecs('builder'),
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Your task: Say hello' }] }],
    subject: { jobId: 'j000000001', taskId: 't1', attempt: 1, turn: 1, agentRole: 'builder' },
    ...changes,
  };
}

/** A caller that keeps what it hears. */
export function listener(): Live & { readonly heard: string[]; readonly abort: (reason: Error) => void } {
  const controller = new AbortController();
  const heard: string[] = [];
  return {
    signal: controller.signal,
    heard,
    onProgress: (text) => heard.push(text),
    abort: (reason) => controller.abort(reason),
  };
}
