import path from 'node:path';
import { OrchestratorError } from '../../domain/errors.ts';
import { createRepository, resolveSource } from '../../store/source.ts';
import type { SubmitBody } from '../../contract/submit.ts';
import type { JobId } from '../../domain/ids.ts';
import type { ResolvedSource, SourceRequest } from '../../store/source.ts';
import type { Settings } from '../deps.ts';

/** How long a remote may take to say what its branches are, in milliseconds. */
const PATIENCE_MS = 20_000;

/**
 * The source of a job, pinned to a commit: the body's, else the server's, else a new repository. Errors:
 * repository_unusable with a pointer, repository_not_allowed.
 */
export async function chooseSource(
  given: SubmitBody['repository'],
  jobId: JobId,
  settings: Settings,
): Promise<ResolvedSource> {
  if (given === undefined && settings.repo === null)
    return createRepository(path.join(settings.repositoriesDir, jobId));
  const named = given ?? settings.repo ?? '';
  const request = typeof named === 'string' ? requestOf(named) : named;
  const allow = given === undefined ? null : settings.repositoriesAllow;
  try {
    return await resolveSource(request, { allow, signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    throw inBody(error, typeof given === 'object');
  }
}

export const warningsOf = ({ dirtyFiles, root }: ResolvedSource): string[] =>
  dirtyFiles === 0
    ? []
    : [
        `${dirtyFiles} uncommitted ${dirtyFiles === 1 ? 'file' : 'files'} of ${root ?? 'the source'} ${dirtyFiles === 1 ? 'is' : 'are'} not part of this job.`,
      ];

/** A string is a url when it has a scheme, a host before a colon, or a helper's double colon; else a path. */
const requestOf = (named: string): SourceRequest =>
  /^[a-z][a-z0-9+.-]*:\/\/|^[^/\s]+:/i.test(named) ? { url: named } : { path: named };

/** Points to the field of the body, and makes a remote that is silent the submitter's to mend. */
function inBody(error: unknown, isObject: boolean): unknown {
  if (!(error instanceof OrchestratorError)) return error;
  const { code, message, extra } = error;
  if (code === 'repository_not_allowed')
    return new OrchestratorError(code, message, { errors: [{ pointer: '/repository', detail: message }] });
  if (code !== 'repository_unusable' && code !== 'repository_unreachable') return error;
  const pointer = (isObject && extra.errors?.[0]?.pointer) || '/repository';
  return new OrchestratorError('repository_unusable', message, {
    errors: [{ pointer, detail: message }],
    cause: error,
  });
}
