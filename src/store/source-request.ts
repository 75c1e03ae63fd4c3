import { isAbsolute } from 'node:path';
import { OrchestratorError } from '../domain/errors.ts';

/** What a caller names: exactly one of path (absolute) and url. `base`: a commit, branch or tag. (Default: HEAD) */
export interface SourceRequest {
  readonly path?: string | undefined;
  readonly url?: string | undefined;
  readonly base?: string | undefined;
}

/** Refuses what must never reach git's command line. Errors: repository_unusable with a pointer. */
export function checkRequest(request: SourceRequest): void {
  if ((request.path === undefined) === (request.url === undefined))
    throw unusable('', 'a repository is named by either a path or a url');
  if (request.path !== undefined) checkPath(request.path);
  if (request.url !== undefined) checkUrl(request.url);
  if (request.base !== undefined) checkBase(request.base);
}

/** The error of a source that cannot be used; `field` is `path`, `url`, `base` or empty for the whole. */
export function unusable(field: string, detail: string, cause?: unknown): OrchestratorError {
  const pointer = field === '' ? '/repository' : `/repository/${field}`;
  return new OrchestratorError('repository_unusable', detail, { errors: [{ pointer, detail }], cause });
}

/** Errors: repository_not_allowed. `allow` null: everything is allowed. */
export function checkAllowed(where: string, allow: readonly string[] | null | undefined): void {
  if (allow === null || allow === undefined) return;
  const within = (entry: string): boolean => {
    const prefix = entry.replace(/\/+$/, '');
    return where === prefix || where.startsWith(`${prefix}/`);
  };
  if (allow.some(within)) return;
  throw new OrchestratorError(
    'repository_not_allowed',
    `"${where}" is not among the repositories that this server allows (repositories.allow)`,
  );
}

function checkPath(path: string): void {
  if (path.includes('\0') || path.length > 4_096) throw unusable('path', 'the path is not a possible path');
  if (!isAbsolute(path)) throw unusable('path', `the path "${path}" is not absolute: start it with a slash`);
}

function checkUrl(url: string): void {
  const shown = url.slice(0, 200);
  // eslint-disable-next-line no-control-regex
  if (url.length > 2_000 || /[\0-\x20\x7f]/.test(url))
    throw unusable('url', 'the url is too long or has spaces or control characters');
  if (/^[a-z]+:\/\//.test(url)) return checkSchemeUrl(url, shown);
  // As ssh writes it: user@host:path. A double colon would name a helper program, a dash an option.
  if (/^([A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9][A-Za-z0-9_.-]*:(?!:)[^-]/.test(url) && !url.includes('::'))
    return;
  throw unusable('url', `"${shown}" is not a url of https, http, ssh, git or file, nor user@host:path`);
}

function checkSchemeUrl(url: string, shown: string): void {
  const [, scheme = '', authority = '', rest = ''] = /^([a-z]+):\/\/([^/]*)(.*)$/.exec(url) ?? [];
  if (!['https', 'http', 'ssh', 'git', 'file'].includes(scheme))
    throw unusable('url', `urls of ${scheme} are not supported: use https, http, ssh, git or file`);
  if (authority.includes('@') && authority.slice(0, authority.lastIndexOf('@')).includes(':'))
    throw unusable(
      'url',
      'the url holds a password, which would be stored: use ssh or a .netrc file instead',
    );
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (host.startsWith('-') || authority.startsWith('-') || (scheme === 'file' ? rest === '' : host === ''))
    throw unusable('url', `"${shown}" names no host or path`);
}

function checkBase(base: string): void {
  // eslint-disable-next-line no-control-regex
  const strange =
    base === '' || base.length > 250 || base.startsWith('-') || /[\0-\x20\x7f:*?[\\]/.test(base);
  if (strange)
    throw unusable('base', `base "${base.slice(0, 100)}" is not the name of a commit, a branch or a tag`);
}
