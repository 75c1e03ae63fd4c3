import type { CallRecord } from '../domain/conversation.ts';
import type { Sha } from '../domain/ids.ts';
import { appendToChain, readChain } from './chain.ts';
import type { Hub } from './hub.ts';
import { EMPTY_TREE, commitObject, storeObjects } from './objects.ts';

/** Appends and moves the ref; who loses appends again on the new head. Answers the new head. */
export async function appendCall(hub: Hub, ref: string, record: CallRecord): Promise<Sha> {
  return appendToChain(hub, ref, (parent) => writeCall(hub, parent, record));
}

/**
 * Writes a record on top of `parent` without moving a ref, for a caller that moves it together with others.
 * The record is the body of a commit without files: one object to write, one to read.
 */
export async function writeCall(hub: Hub, parent: Sha | null, record: CallRecord): Promise<Sha> {
  const what = record.kind === 'intent' ? `asks ${record.model}` : record.outcome;
  const commit = commitObject({
    tree: EMPTY_TREE,
    parents: parent === null ? [] : [parent],
    message: `turn ${record.turn}, call ${record.call}: ${what}\n\n${JSON.stringify(record)}`,
    at: record.at,
  });
  await storeObjects(hub, [commit]);
  return commit.sha;
}

/** All records, oldest first; none when head is null. */
export async function readCalls(hub: Hub, head: Sha | null): Promise<CallRecord[]> {
  const links = await readChain(hub, head);
  return links.map((link) => JSON.parse(link.body) as CallRecord);
}
