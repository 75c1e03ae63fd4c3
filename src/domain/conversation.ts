import type { Instant, Sha } from './ids.ts';
import type { MicroUsd } from './money.ts';
import { totalTokens } from './prices.ts';
import type { CallSize, Usage } from './prices.ts';
import type { AgentRole, ToolName } from './roles.ts';
import type { PlanOutline } from './job/state.ts';

/** What an agent and its model say to each other, in no vendor's words. */
export type Message =
  | { readonly role: 'user'; readonly content: readonly UserBlock[] }
  | { readonly role: 'assistant'; readonly content: readonly AssistantBlock[] };

export type UserBlock = TextBlock | ToolResult;
export type AssistantBlock = TextBlock | ToolCall | OpaqueBlock;

export interface TextBlock {
  readonly type: 'text';
  readonly text: string;
}

export interface ToolCall {
  readonly type: 'tool_call';
  readonly callId: string;
  readonly name: string;
  /** What the model gave, unchecked. Null where its JSON could not be read; `malformed` then holds the text. */
  readonly input: unknown;
  readonly malformed?: string;
}

/** Something that only its provider understands (reasoning, say) and wants back unchanged. */
export interface OpaqueBlock {
  readonly type: 'opaque';
  readonly provider: string;
  readonly value: unknown;
}

export interface ToolResult {
  readonly type: 'tool_result';
  readonly callId: string;
  readonly text: string;
  readonly isError: boolean;
}

/** A tool as a model sees it: its name and a JSON schema of its input. */
export interface ToolSpec {
  readonly name: ToolName;
  readonly description: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

export type StopReason = 'end_turn' | 'tool_use' | 'max_tokens' | 'refusal' | 'context_full';

/**
 * One commit of a conversation. The chain of an attempt's entries, oldest first, is the conversation; every commit
 * holds its own entry only, so that a prefix never changes and is never written twice.
 */
export type TalkEntry = OpenEntry | AnswerEntry | ResultsEntry | NoteEntry | ChecksEntry;

/** The fixed beginning: who the agent is, what it can do and what it is to do. */
export interface OpenEntry {
  readonly kind: 'open';
  readonly at: Instant;
  readonly agentRole: AgentRole;
  readonly system: string;
  readonly tools: readonly ToolSpec[];
  readonly text: string;
}

export interface AnswerEntry {
  readonly kind: 'answer';
  readonly at: Instant;
  readonly turn: number;
  readonly call: number;
  readonly model: string;
  readonly stop: StopReason;
  readonly content: readonly AssistantBlock[];
  readonly usage: Usage;
  readonly cost: MicroUsd;
}

export interface ResultsEntry {
  readonly kind: 'results';
  readonly at: Instant;
  readonly turn: number;
  /** The commit of the worktree after this turn. */
  readonly tree: Sha;
  readonly results: readonly ToolResult[];
  /** What the agent handed in, if it did. */
  readonly submitted: Submitted | null;
}

export type Submitted =
  | { readonly kind: 'plan'; readonly plan: PlanOutline }
  | { readonly kind: 'plan_refused'; readonly detail: string }
  | { readonly kind: 'result'; readonly summary: string; readonly confidence: number | null };

/** Something said to the agent by Tutti or a person: feedback, a reminder. */
export interface NoteEntry {
  readonly kind: 'note';
  readonly at: Instant;
  readonly text: string;
}

/** Evidence, not shown to the model: how the attempt's checks ended. */
export interface ChecksEntry {
  readonly kind: 'checks';
  readonly at: Instant;
  readonly stage: 'task' | 'merge' | 'job';
  /** What was checked. */
  readonly commit: Sha;
  readonly runs: readonly CheckRun[];
}

export interface CheckRun {
  readonly checkId: string;
  readonly command: string;
  readonly exitCode: number | null;
  /** Why it was stopped before its end, if it was. */
  readonly stopped: string | null;
  readonly passed: boolean;
  readonly durationMs: number;
  /** Head and tail of what it printed. */
  readonly output: string;
  /** SHA-256 of what is in `output`, in hexadecimal. */
  readonly outputHash: string;
}

/** What the newest commit of a conversation says about the whole: one read instead of a walk. */
export interface TalkTotals {
  readonly turn: number;
  readonly usage: Usage;
  readonly cost: MicroUsd;
  readonly at: Instant;
  /** What the agent is doing, in one line. */
  readonly activity: string;
}

/** The messages that a conversation sends to a model: notes join the results before them in one user message. */
export function messagesOf(entries: readonly TalkEntry[]): Message[] {
  const messages: Message[] = [];
  const say = (block: UserBlock): void => {
    const last = messages.at(-1);
    if (last?.role === 'user')
      messages[messages.length - 1] = { role: 'user', content: [...last.content, block] };
    else messages.push({ role: 'user', content: [block] });
  };
  for (const entry of entries) {
    switch (entry.kind) {
      case 'open':
      case 'note':
        say({ type: 'text', text: entry.text });
        break;
      case 'answer':
        messages.push({ role: 'assistant', content: entry.content });
        break;
      case 'results':
        entry.results.forEach(say);
        break;
      case 'checks':
        break;
      default:
        entry satisfies never;
    }
  }
  return messages;
}

/**
 * What is known of a conversation's size: tokens that the last answer counted, and UTF-8 bytes added since. `bytesOf`
 * measures a text.
 */
export function sizeOf(entries: readonly TalkEntry[], bytesOf: (text: string) => number): CallSize {
  let size: CallSize = { knownTokens: 0, newBytes: 0 };
  for (const entry of entries) {
    if (entry.kind === 'answer') size = { knownTokens: totalTokens(entry.usage), newBytes: 0 };
    else size = { ...size, newBytes: size.newBytes + bytesOf(said(entry)) };
  }
  return size;
}

function said(entry: Exclude<TalkEntry, AnswerEntry>): string {
  switch (entry.kind) {
    case 'open':
      return entry.system + JSON.stringify(entry.tools) + entry.text;
    case 'note':
      return entry.text;
    case 'results':
      return JSON.stringify(entry.results);
    case 'checks':
      return '';
    default:
      return entry satisfies never;
  }
}

/** One line of an attempt's append-only account: an intent before the request, what became of it after. */
export type CallRecord =
  | {
      readonly kind: 'intent';
      readonly turn: number;
      readonly call: number;
      readonly at: Instant;
      readonly model: string;
      readonly requestHash: string;
      readonly reservation: MicroUsd;
    }
  | {
      readonly kind: 'settled';
      readonly turn: number;
      readonly call: number;
      readonly at: Instant;
      readonly outcome: 'answered' | 'refused' | 'lost';
      readonly usage: Usage;
      readonly cost: MicroUsd;
    };
