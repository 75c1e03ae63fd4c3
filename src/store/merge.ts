import type { Instant, JobId, Sha } from '../domain/ids.ts';
import type { Author } from './objects.ts';
import type { Hub } from './hub.ts';
export type Merged =
  | { readonly clean: true; readonly tree: Sha }
  /** `tree` holds the conflicted files with markers. */
  | { readonly clean: false; readonly tree: Sha; readonly conflicts: readonly string[] };
/** Merges two commits without a worktree. */
export declare function mergeTrees(hub: Hub, ours: Sha, theirs: Sha): Promise<Merged>;
export interface MergedCommit {
  readonly tree: Sha;
  readonly parent: Sha;
  readonly author: Author;
  readonly message: string;
  readonly trailers: Readonly<Record<string, string>>;
  readonly at: Instant;
}
export declare function commitMerged(hub: Hub, parts: MergedCommit): Promise<Sha>;
export declare function advanceIntegration(
  hub: Hub,
  job: JobId,
  from: Sha,
  to: Sha,
): Promise<'moved' | 'lost'>;
/** Whether `older` is `newer` or one of its ancestors. */
export declare function isAncestor(hub: Hub, older: Sha, newer: Sha): Promise<boolean>;
