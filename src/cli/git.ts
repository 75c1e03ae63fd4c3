import { execFile } from 'node:child_process';
import type { Io } from './io.ts';

export interface GitRun {
  readonly cwd: string;
  readonly input?: Buffer;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs git in a repository of the user's, with their own configuration, but without their hooks. Throws an Error with
 * git's own words.
 */
export function git(
  io: Pick<Io, 'env'>,
  args: readonly string[],
  { cwd, input, env }: GitRun,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      'git',
      [...QUIET.flatMap((setting) => ['-c', setting]), ...args],
      { cwd, env: { ...io.env, GIT_TERMINAL_PROMPT: '0', ...env }, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout.trimEnd());
        else reject(new Error(stderr.trim() || error.message, { cause: error }));
      },
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

const QUIET = ['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'commit.gpgSign=false', 'gc.auto=0'];

/** The root of the git repository that the command was called in; null outside of one. */
export const repositoryRoot = (io: Pick<Io, 'env' | 'cwd'>): Promise<string | null> =>
  git(io, ['rev-parse', '--show-toplevel'], { cwd: io.cwd }).catch(() => null);
