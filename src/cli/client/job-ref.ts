import { isJobId } from '../../domain/ids.ts';
import { repositoryRoot } from '../git.ts';
import { Refusal } from '../errors.ts';
import type { Client } from '../../contract/client.ts';
import type { Io } from '../io.ts';

/**
 * The id of a job by what the user wrote: an id, a unique prefix, `last`, or nothing for the last job of this
 * repository. Throws a Refusal when it names none or several.
 */
export async function resolveJob(client: Client, io: Io, ref: string | undefined): Promise<string> {
  if (ref === undefined) return lastJob(client, await repositoryRoot(io));
  if (ref === 'last') return lastJob(client, null);
  if (isJobId(ref)) return ref;
  if (!/^j[0-9a-z]{0,9}$/.test(ref))
    throw new Refusal(`"${ref}" is no job: give an id, its beginning, or "last"`);
  const matches = await withPrefix(client, ref);
  const [only, ...others] = matches;
  if (only === undefined) throw new Refusal(`No job begins with "${ref}". "tutti jobs" lists them.`);
  if (others.length > 0) throw new Refusal(`"${ref}" begins ${matches.length} jobs: ${matches.join(', ')}`);
  return only;
}

async function lastJob(client: Client, repository: string | null): Promise<string> {
  const { jobs } = await client.jobs({
    limit: 1,
    kind: 'development',
    ...(repository === null ? {} : { repository }),
  });
  const [job] = jobs;
  if (job !== undefined) return job.job_id;
  throw new Refusal(
    repository === null
      ? 'There is no job. "tutti submit SPEC" starts one.'
      : `There is no job of ${repository}. Name one of "tutti jobs", or "last".`,
  );
}

/** Looks through the newest 5,000. */
async function withPrefix(client: Client, prefix: string): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 10; page++) {
    const { jobs, next_cursor } = await client.jobs({
      limit: 500,
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...jobs.map((job) => job.job_id).filter((id) => id.startsWith(prefix)));
    if (next_cursor === null) break;
    cursor = next_cursor;
  }
  return found;
}
