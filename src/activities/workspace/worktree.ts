import type { Instant, JobId, Sha, TaskId } from '../../domain/ids.ts';
import type { Hub } from '../../store/hub.ts';
import type { Author } from '../../store/objects.ts';
/** Where a delivery works: `<hostDir>/worktrees/<hub>/<job>/<task>/<attempt>.<fence>`. */
export interface WorktreePlace {
  readonly hub: Hub;
  /** The folder of this host in Tutti's home. */
  readonly hostDir: string;
  readonly jobId: JobId;
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly fence: number;
}
export interface Worktree {
  readonly hub: Hub;
  readonly dir: string;
  readonly indexFile: string;
  /** Holds the commit that the files are at; missing while git changes them. */
  readonly markerFile: string;
}
export interface OpenOptions {
  readonly commit: Sha;
  /** True: bring the files to `commit` even if the marker says they are there. (Default: false) */
  readonly reset?: boolean;
  /** A folder whose files are put into a fresh worktree where it has none of that name: what a setup left. */
  readonly cacheFrom?: string | null;
  /** Ends what earlier fences of this attempt still run here; called before their folder is taken over. */
  readonly endEarlier?: (dirs: readonly string[]) => Promise<void>;
  readonly signal?: AbortSignal;
}
export interface Opened extends Worktree {
  /** 'kept': was there already; 'taken': from an earlier fence; 'fresh': a new checkout. */
  readonly how: 'kept' | 'taken' | 'fresh';
}
export interface CommitRequest {
  readonly parent: Sha;
  readonly message: string;
  readonly at: Instant;
  readonly author?: Author;
}
export interface Committed {
  /** The parent when nothing changed. */
  readonly commit: Sha;
  readonly tree: Sha;
  readonly changed: boolean;
  /** How many files were added, changed or removed. */
  readonly files: number;
  /** What git could not take, in its words (an unreadable file, a name such as `.GIT`). */
  readonly problems: readonly string[];
}
/** NUL-terminated raw names, as git prints them with -z: file names need not be text. */
export type PathList = Buffer;
/** The folder of a place. */
export declare function worktreeDir(place: WorktreePlace): string;
/** Errors: attempt_lost when a later fence has the worktree. */
export declare function openWorktree(place: WorktreePlace, options: OpenOptions): Promise<Opened>;
export declare function commitWorktree(worktree: Worktree, request: CommitRequest): Promise<Committed>;
/** Brings the files back to `commit`; ignored files stay. Answers whether there was something to discard. */
export declare function discardChanges(worktree: Worktree, commit: Sha): Promise<boolean>;
/** Removes every fence of the attempt. */
export declare function removeWorktree(place: Omit<WorktreePlace, 'fence'>): Promise<void>;
/** Removes all worktrees of a job on this host. */
export declare function removeJobWorktrees(
  place: Pick<WorktreePlace, 'hub' | 'hostDir' | 'jobId'>,
): Promise<void>;
export declare function ignoredPaths(worktree: Worktree): Promise<PathList>;
/** Copies by reflink where the file system can; existing files stay. */
export declare function copyIgnored(fromDir: string, toDir: string, paths: PathList): Promise<void>;
