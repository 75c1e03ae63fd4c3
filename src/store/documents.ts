import { OrchestratorError } from '../domain/errors.ts';
import type { Sha } from '../domain/ids.ts';
import { appendToChain, readChain } from './chain.ts';
import type { Hub } from './hub.ts';
import { blobObject, commitObject, readObject, readTree, storeObjects, treeObject } from './objects.ts';
import { readRef } from './refs.ts';

export interface Document {
  readonly name: string;
  readonly sha: Sha;
  readonly value: unknown;
}

/** Appends a document to the chain at `ref` and answers the hash of its blob, which the ref keeps alive. */
export async function putDocument(hub: Hub, ref: string, name: string, json: unknown): Promise<Sha> {
  const blob = blobObject(JSON.stringify(json));
  const tree = treeObject([{ mode: '100644', name, sha: blob.sha }]);
  await storeObjects(hub, [blob, tree]);
  await appendToChain(hub, ref, async (parent) => {
    const commit = commitObject({
      tree: tree.sha,
      parents: parent === null ? [] : [parent],
      message: name,
      at: Date.now(),
    });
    await storeObjects(hub, [commit]);
    return commit.sha;
  });
  return blob.sha;
}

/** The parsed JSON of a document's blob. Errors: internal when the hub has no such document. */
export async function getDocument(hub: Hub, sha: Sha): Promise<unknown> {
  const blob = await readObject(hub, sha);
  if (blob?.type !== 'blob')
    throw new OrchestratorError('internal', `hub ${hub.name} has no document ${sha}`);
  return JSON.parse(blob.body.toString());
}

/** The chain at `ref`, oldest first: for events that were dropped from a job's state, and evidence. */
export async function readDocuments(hub: Hub, ref: string): Promise<Document[]> {
  const links = await readChain(hub, await readRef(hub, ref));
  const documents: Document[] = [];
  for (const link of links)
    for (const { name, sha } of await readTree(hub, link.tree))
      documents.push({ name, sha, value: await getDocument(hub, sha) });
  return documents;
}
