import { mkdir, readdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { OrchestratorError } from '../domain/errors.ts';
import type { Source } from '../domain/spec.ts';
import { GitError, git, gitText } from './git.ts';
import { hubNameOf } from './hub.ts';
import { EMPTY_TREE, TUTTI } from './objects.ts';
import { discover } from './source-discovery.ts';
import type { Found } from './source-discovery.ts';
import { checkAllowed, checkRequest, unusable } from './source-request.ts';
import type { SourceRequest } from './source-request.ts';

export { fetchBase } from './fetch-base.ts';
export type { SourceRequest } from './source-request.ts';

export interface ResolveOptions {
  /** Folders and url prefixes that may be sources; null: all. */
  readonly allow?: readonly string[] | null;
  readonly signal?: AbortSignal | undefined;
}

export interface ResolvedSource {
  /** Kind path or url (new from `createRepository`), with the pinned commit and the name of its hub. */
  readonly source: Source;
  /** Top level of the repository's files (a bare repository: its folder); null for a url. */
  readonly root: string | null;
  /** The branch that is checked out (a url: its default branch); null when detached. */
  readonly defaultBase: string | null;
  /** Files with uncommitted changes, untracked ones included; 0 for a url. */
  readonly dirtyFiles: number;
}

/**
 * Pins what a caller names to one commit, and writes nothing where it looks. Errors: repository_unusable with a
 * pointer, repository_not_allowed, repository_unreachable for a remote that did not answer.
 */
export async function resolveSource(
  request: SourceRequest,
  options: ResolveOptions = {},
): Promise<ResolvedSource> {
  checkRequest(request);
  if (request.url !== undefined) return resolveUrl(request.url, request.base, options);
  return resolvePath(request.path ?? '', request.base, options);
}

/** A new repository with one empty commit on `main`; one that an earlier call made is answered again. */
export async function createRepository(dir: string): Promise<ResolvedSource> {
  await mkdir(dir, { recursive: true });
  const at = { gitDir: null, cwd: dir };
  const present = await readdir(dir);
  if (present.length > 0 && !present.includes('.git'))
    throw unusable('path', `"${dir}" is not empty: a new repository needs a folder of its own`);
  await git(['init', '--quiet', '--template=', '--initial-branch=main'], at);
  const gitDir = `${dir}/.git`;
  if (!(await commitAt(gitDir, 'HEAD'))) {
    const env = {
      GIT_AUTHOR_NAME: TUTTI.name,
      GIT_AUTHOR_EMAIL: TUTTI.email,
      GIT_COMMITTER_NAME: TUTTI.name,
      GIT_COMMITTER_EMAIL: TUTTI.email,
    };
    await git(['hash-object', '-w', '-t', 'tree', '--stdin'], { gitDir, input: '' });
    const first = await gitText(['commit-tree', EMPTY_TREE, '-m', 'Begin'], { gitDir, env });
    await git(['update-ref', 'refs/heads/main', first, '0'.repeat(40)], { gitDir, ok: [0, 128] });
  }
  const resolved = await resolvePath(dir, undefined, {});
  const { base, baseSha, hub } = resolved.source;
  return { ...resolved, source: { kind: 'new', path: resolved.root ?? dir, base, baseSha, hub } };
}

async function resolvePath(
  path: string,
  base: string | undefined,
  options: ResolveOptions,
): Promise<ResolvedSource> {
  const allowed = await Promise.all((options.allow ?? []).map(realEntry));
  const check = (where: string): void =>
    checkAllowed(where, options.allow === undefined || options.allow === null ? null : allowed);
  const real = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    check(path);
    throw unusable('path', `"${path}" ${error.code === 'EACCES' ? 'cannot be read' : 'does not exist'}`);
  });
  check(real);
  const found = await discover(real);
  check(found.root);
  const [head, named, branch, dirtyFiles] = await Promise.all([
    commitAt(found.gitDir, 'HEAD'),
    base === undefined ? null : commitAt(found.gitDir, base),
    gitText(['symbolic-ref', '--short', '-q', 'HEAD'], { gitDir: found.gitDir, ok: [0, 1] }),
    countDirty(found, options.signal),
  ]);
  if (head === null && base === undefined)
    throw unusable('path', `the repository at "${found.root}" has no commits: make a first one`);
  const baseSha = base === undefined ? head : named;
  if (baseSha === null)
    throw unusable('base', `base "${base}" is not found in the repository at "${found.root}"`);
  const hub = hubNameOf(found.root);
  return {
    source: { kind: 'path', path: found.root, base: base ?? (branch || baseSha), baseSha, hub },
    root: found.root,
    defaultBase: branch || null,
    dirtyFiles,
  };
}

const realEntry = (entry: string): Promise<string> =>
  realpath(entry.replace(/^~(?=\/|$)/, homedir())).catch(() => entry);

async function commitAt(gitDir: string, name: string): Promise<string | null> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
  const sha = await gitText(args, { gitDir, ok: [0, 1, 128] });
  return /^[0-9a-f]{40}$/.test(sha) ? sha : null;
}

/** Looks without the filters that the repository's own configuration names, which would run programs. */
async function countDirty(found: Found, signal: AbortSignal | undefined): Promise<number> {
  if (found.bare) return 0;
  const { stdout } = await git(
    ['status', '--porcelain', '-z', '--no-renames', '--untracked-files=normal', '--ignore-submodules=all'],
    {
      gitDir: found.gitDir,
      workTree: found.root,
      cwd: found.root,
      config: found.filtersOff,
      signal,
    },
  );
  return stdout.toString('latin1').split('\0').length - 1;
}

async function resolveUrl(
  url: string,
  base: string | undefined,
  options: ResolveOptions,
): Promise<ResolvedSource> {
  checkAllowed(url, options.allow);
  const signal = AbortSignal.any([
    AbortSignal.timeout(ANSWER_MS),
    ...(options.signal === undefined ? [] : [options.signal]),
  ]);
  const listing = await gitText(['ls-remote', '--symref', '--', url], { gitDir: null, signal }).catch(
    (error) => {
      throw unreachable(url, error);
    },
  );
  const refs = new Map<string, string>();
  let defaultBase: string | null = null;
  for (const line of listing.split('\n')) {
    const [value = '', ref = ''] = line.split('\t');
    if (value.startsWith('ref: refs/heads/') && ref === 'HEAD') defaultBase = value.slice(16);
    else refs.set(ref, value);
  }
  const names =
    base === undefined ? ['HEAD'] : [`refs/tags/${base}^{}`, `refs/tags/${base}`, `refs/heads/${base}`, base];
  const known = names.map((name) => refs.get(name)).find((sha) => sha !== undefined);
  const baseSha = known ?? (base !== undefined && /^[0-9a-f]{40}$/.test(base) ? base : undefined);
  if (baseSha === undefined)
    throw base === undefined
      ? unusable('url', `the repository at ${url} has no commits`)
      : unusable('base', `base "${base}" is not a branch, a tag or a full commit hash of ${url}`);
  return {
    source: { kind: 'url', url, base: base ?? defaultBase ?? baseSha, baseSha, hub: hubNameOf(url) },
    root: null,
    defaultBase,
    dirtyFiles: 0,
  };
}

const ANSWER_MS = 30_000;

function unreachable(url: string, error: unknown): OrchestratorError {
  if (
    error instanceof GitError &&
    /not found|does not appear to be a git repository|does not exist/i.test(error.stderr)
  )
    return unusable('url', `there is no git repository at ${url}`, error);
  const reason = error instanceof GitError ? error.stderr.trim().split('\n')[0] : 'it did not answer in time';
  return new OrchestratorError('repository_unreachable', `${url} cannot be read: ${reason}`, {
    cause: error,
  });
}
