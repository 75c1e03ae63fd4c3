/** How one run of git is set up. `gitDir` null: a run without a repository (discovery, ls-remote). */
export interface GitOptions {
  readonly gitDir: string | null;
  readonly workTree?: string;
  readonly indexFile?: string;
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Exit codes that are answers, not errors. (Default: 0 only) */
  readonly ok?: readonly number[];
  readonly signal?: AbortSignal | undefined;
}
export interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}
export declare class GitError extends Error {
  readonly args: readonly string[];
  readonly code: number | null;
  readonly stderr: string;
}
export declare function git(args: readonly string[], options: GitOptions): Promise<GitResult>;
/** What git printed, without the newline at its end. */
export declare function gitText(args: readonly string[], options: GitOptions): Promise<string>;
