import type {
  AnswerEntry,
  ChecksEntry,
  ResultsEntry,
  TalkEntry,
  TalkTotals,
} from '../domain/conversation.ts';
import type { Sha } from '../domain/ids.ts';
import type { Hub } from './hub.ts';
export interface Turn {
  readonly turn: number;
  /** The last answer of the turn and its commit. */
  readonly answer: AnswerEntry;
  readonly answerSha: Sha;
  readonly results: ResultsEntry | null;
  /** The commit of the worktree after the turn; null while its tools run. */
  readonly tree: Sha | null;
  readonly checks: readonly ChecksEntry[];
  readonly totals: TalkTotals;
}
/** Writes one commit of a conversation (no ref moves). Attachments are files beside it, such as `output-<callId>.txt`. */
export declare function appendTalk(
  hub: Hub,
  parent: Sha | null,
  entry: TalkEntry,
  totals: TalkTotals,
  attachments?: Readonly<Record<string, string | Buffer>>,
): Promise<Sha>;
/** The whole conversation, oldest first. */
export declare function readTalk(hub: Hub, head: Sha): Promise<TalkEntry[]>;
export declare function readTotals(hub: Hub, head: Sha): Promise<TalkTotals>;
export declare function turnOf(hub: Hub, head: Sha, turn: number): Promise<Turn | null>;
/** The turns after turn `after`, oldest first. */
export declare function withTurns(hub: Hub, head: Sha, after: number): Promise<Turn[]>;
/** An attachment of the commit `talk`. */
export declare function readAttachment(hub: Hub, talk: Sha, name: string): Promise<Buffer | null>;
