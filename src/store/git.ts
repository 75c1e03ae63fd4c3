import { run } from './run.ts';

/** How one run of git is set up. `gitDir` null: a run without a repository (discovery, ls-remote). */
export interface GitOptions {
  readonly gitDir: string | null;
  readonly workTree?: string;
  readonly indexFile?: string;
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Configuration for this run, such as `fetch.unpackLimit=1`; it beats the repository's own. */
  readonly config?: readonly string[];
  /** True: may take locks to write what it finds out on the way, such as a refreshed index. (Default: false) */
  readonly locks?: boolean;
  /** Exit codes that are answers, not errors. (Default: 0 only) */
  readonly ok?: readonly number[];
  /** Most bytes of output; more is an error. (Default: 256 MB) */
  readonly limit?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Git ended with a code that the caller did not expect. `code` null: killed or not started. */
export class GitError extends Error {
  readonly args: readonly string[];
  readonly code: number | null;
  readonly stderr: string;

  constructor(args: readonly string[], code: number | null, stderr: string) {
    const end = code === null ? 'was killed' : `ended with ${code}`;
    super(`git ${args.join(' ').slice(0, 300)} ${end}: ${stderr.trim().slice(-1_000) || 'it said nothing'}`);
    this.name = 'GitError';
    this.args = args;
    this.code = code;
    this.stderr = stderr;
  }
}

/**
 * The one door to host-side git. Repository, worktree and index are pinned, configuration of system and user is
 * not read, and nothing that a repository's own configuration names (hook, monitor, helper of attributes) runs.
 * Errors: GitError, and the signal's reason on abort.
 */
export async function git(args: readonly string[], options: GitOptions): Promise<GitResult> {
  const all = gitArguments(args, options.config);
  const result = await run({
    file: 'git',
    args: all,
    env: gitEnvironment(options),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.input === undefined ? {} : { input: options.input }),
    limit: options.limit ?? OUTPUT_LIMIT,
    signal: options.signal,
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new GitError(
      args,
      null,
      `git could not be started in ${options.cwd ?? process.cwd()}: is git on PATH and the folder there?`,
    );
  });
  const stderr = result.stderr.toString();
  if (result.overLimit)
    throw new GitError(args, null, `it printed more than ${options.limit ?? OUTPUT_LIMIT} bytes`);
  if (result.code === null || !(options.ok ?? [0]).includes(result.code))
    throw new GitError(args, result.code, stderr);
  return { code: result.code, stdout: result.stdout, stderr };
}

/** What git printed, without the newline at its end. */
export async function gitText(args: readonly string[], options: GitOptions): Promise<string> {
  return (await git(args, options)).stdout.toString().replace(/\n$/, '');
}

/** The command line behind `git`, with everything pinned. */
export const gitArguments = (args: readonly string[], config: readonly string[] = []): string[] => [
  ...[...PINNED, ...config].flatMap((setting) => ['-c', setting]),
  ...args,
];

/** Only what git and its transports need: no GIT_* of our caller, no secrets. */
export function gitEnvironment(options: GitOptions): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of INHERITED) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  if (options.gitDir !== null) env['GIT_DIR'] = options.gitDir;
  if (options.workTree !== undefined) env['GIT_WORK_TREE'] = options.workTree;
  if (options.indexFile !== undefined) env['GIT_INDEX_FILE'] = options.indexFile;
  if (options.locks !== true) env['GIT_OPTIONAL_LOCKS'] = '0';
  return { ...env, ...FIXED, ...options.env };
}

const OUTPUT_LIMIT = 256 * 1024 * 1024;

const PINNED = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.attributesFile=/dev/null',
  'core.excludesFile=/dev/null',
  'core.alternateRefsCommand=true',
  'core.fsync=committed,reference',
  'core.logAllRefUpdates=false',
  'core.quotePath=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'protocol.ext.allow=never',
  // The user named the repository; what could run code because of its owner is pinned off above.
  'safe.directory=*',
  'submodule.recurse=false',
];

const FIXED = {
  GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_SSH_COMMAND: 'ssh -oBatchMode=yes -oConnectTimeout=15 -oServerAliveInterval=15',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
};

const INHERITED = [
  'PATH',
  'HOME',
  'TMPDIR',
  'SSH_AUTH_SOCK',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'all_proxy',
];
