import type { Instant, Sha } from '../domain/ids.ts';
import type { Hub } from './hub.ts';
export interface GitObject {
  readonly sha: Sha;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly body: Buffer;
}
export interface TreeItem {
  readonly mode: '100644' | '100755' | '120000' | '160000' | '40000';
  readonly name: string;
  readonly sha: Sha;
}
export interface Author {
  readonly name: string;
  readonly email: string;
}
export interface CommitParts {
  readonly tree: Sha;
  readonly parents: readonly Sha[];
  readonly message: string;
  readonly at: Instant;
  /** (Default: Tutti itself) */
  readonly author?: Author;
}
export interface Commit {
  readonly tree: Sha;
  readonly parents: readonly Sha[];
  readonly subject: string;
  readonly body: string;
  readonly at: Instant;
}
export declare const TUTTI: Author;
export declare const EMPTY_TREE: Sha;
export declare function blobObject(data: string | Buffer): GitObject;
export declare function treeObject(items: readonly TreeItem[]): GitObject;
export declare function commitObject(parts: CommitParts): GitObject;
/** Makes the objects durable, all at once. */
export declare function storeObjects(hub: Hub, objects: readonly GitObject[]): Promise<void>;
/** Null: the hub has no such object. Throws over `limit` bytes (64 MB). */
export declare function readObject(hub: Hub, sha: Sha, limit?: number): Promise<GitObject | null>;
export declare function readCommit(hub: Hub, sha: Sha): Promise<Commit>;
export declare function readTree(hub: Hub, sha: Sha): Promise<TreeItem[]>;
/** The bytes of the file at `path` of a tree or commit; null where there is none. */
export declare function readFileAt(hub: Hub, commitOrTree: Sha, path: string): Promise<Buffer | null>;
