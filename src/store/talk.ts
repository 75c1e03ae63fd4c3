import type {
  AnswerEntry,
  ChecksEntry,
  ResultsEntry,
  TalkEntry,
  TalkTotals,
} from '../domain/conversation.ts';
import type { Sha } from '../domain/ids.ts';
import { OrchestratorError } from '../domain/errors.ts';
import { readChain, readLink, rememberLink, walkBack } from './chain.ts';
import type { Link } from './chain.ts';
import type { Hub } from './hub.ts';
import { lru } from './lru.ts';
import { blobObject, commitObject, readFileAt, storeObjects, treeObject } from './objects.ts';

export interface Turn {
  readonly turn: number;
  readonly answer: AnswerEntry;
  /** The commit of the answer. */
  readonly answerSha: Sha;
  readonly results: ResultsEntry | null;
  /** The commit of the worktree after the turn; null while its tools run. */
  readonly tree: Sha | null;
  readonly checks: readonly ChecksEntry[];
  /** As its newest commit says. */
  readonly totals: TalkTotals;
}

/**
 * Writes one commit of a conversation; no ref moves. Its files are `entry.json` and the attachments (such as
 * `output-<callId>.txt`), its message the totals. The same arguments make the same commit.
 */
export async function appendTalk(
  hub: Hub,
  parent: Sha | null,
  entry: TalkEntry,
  totals: TalkTotals,
  attachments: Readonly<Record<string, string | Buffer>> = {},
): Promise<Sha> {
  const json = JSON.stringify(entry);
  const files = [
    { name: 'entry.json', blob: blobObject(json) },
    ...Object.entries(attachments).map(([name, data]) => ({ name: fileName(name), blob: blobObject(data) })),
  ];
  const tree = treeObject(files.map(({ name, blob }) => ({ mode: '100644', name, sha: blob.sha })));
  const subject = totals.activity.replace(/\s+/g, ' ').trim().slice(0, 120) || entry.kind;
  const commit = commitObject({
    tree: tree.sha,
    parents: parent === null ? [] : [parent],
    message: `${subject}\n\n${JSON.stringify(totals)}`,
    at: entry.at,
  });
  await storeObjects(hub, [...files.map(({ blob }) => blob), tree, commit]);
  rememberLink(commit);
  entries.set(commit.sha, JSON.parse(json) as TalkEntry, json.length * 2);
  return commit.sha;
}

/** The whole conversation, oldest first. */
export async function readTalk(hub: Hub, head: Sha): Promise<TalkEntry[]> {
  const links = await readChain(hub, head);
  const entries: TalkEntry[] = [];
  for (let from = 0; from < links.length; from += READ_AT_ONCE)
    entries.push(
      ...(await Promise.all(links.slice(from, from + READ_AT_ONCE).map((link) => entryOf(hub, link)))),
    );
  return entries;
}

export async function readTotals(hub: Hub, head: Sha): Promise<TalkTotals> {
  return totalsOf(await readLink(hub, head));
}

/** Turn number `turn` of the conversation that ends at `head`; null where there is none. */
export async function turnOf(hub: Hub, head: Sha, turn: number): Promise<Turn | null> {
  for await (const found of turnsBack(hub, head)) {
    if (found.turn === turn) return found;
    if (found.turn < turn) break;
  }
  return null;
}

/** The turns after turn `after`, oldest first. */
export async function withTurns(hub: Hub, head: Sha, after: number): Promise<Turn[]> {
  const turns: Turn[] = [];
  for await (const turn of turnsBack(hub, head)) {
    if (turn.turn <= after) break;
    turns.push(turn);
  }
  return turns.reverse();
}

/** An attachment of the commit `talk`; null where it has none of that name. */
export async function readAttachment(hub: Hub, talk: Sha, name: string): Promise<Buffer | null> {
  return readFileAt(hub, talk, fileName(name));
}

const READ_AT_ONCE = 32;

async function* turnsBack(hub: Hub, head: Sha): AsyncGenerator<Turn> {
  let results: ResultsEntry | null = null;
  let checks: ChecksEntry[] = [];
  let totals: TalkTotals | null = null;
  for await (const link of walkBack(hub, head)) {
    const entry = await entryOf(hub, link);
    if (entry.kind === 'checks') checks = [entry, ...checks];
    if (entry.kind === 'results') {
      results ??= entry;
      totals ??= totalsOf(link);
    }
    if (entry.kind !== 'answer') continue;
    yield {
      turn: entry.turn,
      answer: entry,
      answerSha: link.sha,
      results,
      tree: results?.tree ?? null,
      checks,
      totals: totals ?? totalsOf(link),
    };
    results = null;
    checks = [];
    totals = null;
  }
}

async function entryOf(hub: Hub, link: Link): Promise<TalkEntry> {
  const known = entries.get(link.sha);
  if (known !== undefined) return known;
  const bytes = await readFileAt(hub, link.tree, 'entry.json');
  if (bytes === null)
    throw new OrchestratorError(
      'internal',
      `commit ${link.sha} of hub ${hub.name} is not part of a conversation`,
    );
  const entry = JSON.parse(bytes.toString()) as TalkEntry;
  entries.set(link.sha, entry, bytes.length * 2);
  return entry;
}

const totalsOf = (commit: { readonly body: string }): TalkTotals => JSON.parse(commit.body) as TalkTotals;

/** One name, one file of the tree, whatever a model called it. */
const fileName = (name: string): string => encodeURIComponent(name).replace(/^\./, '%2E');

const entries = lru<TalkEntry>(64 * 1024 * 1024);
