import type { AssistantBlock, Message, StopReason, ToolSpec } from '../../domain/conversation.ts';
import type { ProviderId } from '../../domain/providers.ts';
import type { Usage } from '../../domain/prices.ts';
import type { AgentRole } from '../../domain/roles.ts';

/** Who plays the model's side: one request per `complete`, streamed, never repeated here. */
export interface Provider {
  readonly id: ProviderId;
  /** The model's answer. Throws `ProviderFailure`; an aborted `signal` throws its reason. */
  complete(request: Completion, live: Live): Promise<Answer>;
  /** Whether the endpoint answers, asked without spending anything. */
  reachable(signal: AbortSignal): Promise<{ ok: boolean; reason: string | null }>;
}

/** A provider that nothing was said about: what to set so that it exists. */
export interface Unconfigured {
  readonly id: ProviderId;
  readonly unconfigured: string;
}

export interface Completion {
  readonly model: string;
  readonly maxTokens: number;
  readonly system: string;
  readonly tools: readonly ToolSpec[];
  readonly messages: readonly Message[];
  /** Which step asks. Providers without a model decide by it; it is never sent. */
  readonly subject: {
    readonly jobId: string;
    readonly taskId: string;
    readonly attempt: number;
    readonly turn: number;
    readonly agentRole: AgentRole;
  };
}

export interface Live {
  readonly signal: AbortSignal;
  /** Called with every piece that arrives: its text, or nothing when it has none. */
  readonly onProgress: (text: string) => void;
}

export interface Answer {
  readonly content: readonly AssistantBlock[];
  readonly stop: StopReason;
  readonly usage: Usage;
  /** True when the endpoint reported no usage, and bytes were counted as tokens. */
  readonly usageEstimated: boolean;
  /** The model as the endpoint names it. */
  readonly model: string;
}

export const isConfigured = (row: Provider | Unconfigured): row is Provider => 'complete' in row;
