import type { Sha } from '../domain/ids.ts';
import type { Hub } from './hub.ts';
/** Appends a document to the chain at `ref` and answers the hash of its blob, which the ref keeps alive. */
export declare function putDocument(hub: Hub, ref: string, name: string, json: unknown): Promise<Sha>;
/** The parsed JSON of a document's blob. */
export declare function getDocument(hub: Hub, sha: Sha): Promise<unknown>;
/** The chain at `ref`, oldest first: for events that were dropped from a job's state, and evidence. */
export declare function readDocuments(
  hub: Hub,
  ref: string,
): Promise<{ readonly name: string; readonly sha: Sha; readonly value: unknown }[]>;
