import type { IncomingHttpHeaders } from 'node:http';

export interface EndpointReply {
  text?: string;
  thinking?: string;
  calls?: { name: string; input?: unknown; id?: string; raw_input?: string }[];
  /** Blocks that only Anthropic's wire has, sent as they are. */
  blocks?: unknown[];
  stop?: 'end_turn' | 'tool_use' | 'max_tokens' | 'refusal' | 'context_full' | 'pause_turn' | 'stop_sequence';
  usage?: { input?: number; output?: number; cache_read?: number; cache_write?: number };
  /** Before anything is sent, and between events. */
  delay_ms?: number;
  chunk_ms?: number;
  /** An error response instead of an answer. */
  status?: number;
  headers?: Record<string, string>;
  type?: string;
  message?: string;
  body?: unknown;
  /**
   * `hang`: no byte ever; `drop`: closed without one; then, in the middle of the stream: `hang_mid`, `cut` (closed
   * hard), `end_early` (closed properly), `error_event`. `no_usage`: an OpenAI server that counts nothing.
   */
  fault?: 'hang' | 'drop' | 'hang_mid' | 'cut' | 'end_early' | 'error_event' | 'no_usage';
  /** Calls as Ollama sends them: whole, inputs as objects, without ids. */
  quirk?: 'ollama';
  /** The body of the event stream, word for word. */
  raw?: string;
}

export interface EndpointRequest {
  readonly number: number;
  readonly wire: 'anthropic' | 'openai';
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
  readonly model: string;
  readonly maxTokens: number;
  readonly tools: readonly string[];
  /** How many turns the assistant has had. */
  readonly turn: number;
  readonly firstText: string;
  readonly lastText: string;
}

export interface EndpointRecord extends EndpointRequest {
  readonly at: number;
  /** True once the whole reply was handed to the system. */
  readonly answered: boolean;
}

export interface ModelEndpoint {
  /** Base URL for Anthropic's SDK; OpenAI's takes it with `/v1`. */
  readonly url: string;
  readonly requests: readonly EndpointRecord[];
  close(): Promise<void>;
}

export type EndpointAnswer = (request: EndpointRequest) => EndpointReply | Promise<EndpointReply>;

export interface ScriptedAgent {
  /** Text that stands in its first user message, such as a task's title. */
  when?: string;
  /** A tool that it is offered: `submit_plan` tells planners, `submit_result` builders. */
  tool?: string;
  turns: (EndpointReply & { first?: EndpointReply[] })[];
}

export function startModelEndpoint(
  answer: EndpointAnswer,
  options?: { port?: number; key?: string | null },
): Promise<ModelEndpoint>;

export function agentScript(agents: readonly ScriptedAgent[]): EndpointAnswer;
