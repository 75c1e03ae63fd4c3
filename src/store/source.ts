import type { Source } from '../domain/spec.ts';
import type { JobId } from '../domain/ids.ts';
import type { Hub } from './hub.ts';
/** What a caller names: exactly one of path (absolute) and url. `base`: a commit, branch or tag. (Default: what is checked out) */
export interface SourceRequest {
  readonly path?: string;
  readonly url?: string;
  readonly base?: string | undefined;
}
export interface ResolveOptions {
  /** Folders and url prefixes that may be sources; null: all. */
  readonly allow?: readonly string[] | null;
  readonly signal?: AbortSignal;
}
export interface ResolvedSource {
  /** Kind path or url, with the pinned commit and the name of its hub. */
  readonly source: Source;
  /** Top level of the repository's files; null for a url. */
  readonly root: string | null;
  /** The branch that is checked out (a url: its default branch); null when detached. */
  readonly defaultBase: string | null;
  /** Files with uncommitted changes, untracked ones included; 0 for a url. */
  readonly dirtyFiles: number;
}
/** Errors: repository_unusable (422) with a pointer, repository_not_allowed (403), repository_unreachable. */
export declare function resolveSource(
  request: SourceRequest,
  options?: ResolveOptions,
): Promise<ResolvedSource>;
/** A new repository with one empty commit on `main`; an existing one made by an earlier call is answered again. */
export declare function createRepository(dir: string): Promise<ResolvedSource>;
/** Brings exactly `baseSha` into the hub and sets the job's refs `base` and `integration` where they are missing. */
export declare function fetchBase(hub: Hub, source: Source, job: JobId, signal?: AbortSignal): Promise<void>;
