import { ApiError } from '../../contract/api-error.ts';
import { OPEN_STATES } from '../../domain/job/state.ts';
import { openSession } from '../client/session.ts';
import type { Client } from '../../contract/client.ts';
import type { Finding } from './finding.ts';
import type { Invocation } from '../invocation.ts';

/** Whether a server runs, its workers poll, and none of its open jobs is stuck. */
export async function checkServer(invocation: Invocation): Promise<Finding[]> {
  const { url, client } = openSession(invocation);
  const what = 'server';
  const version = await client.health().catch(() => null);
  if (version === null)
    return [
      { is: 'warn', what, says: `none answers at ${url}`, remedy: 'start one with "npm start" (tutti up)' },
    ];
  const says = `${url}, version ${version.version}`;
  const trouble = await client.ready().then(
    () => null,
    (error: Error) => error.message,
  );
  const server: Finding =
    trouble === null
      ? { is: 'ok', what, says }
      : { is: 'fail', what, says: `${says}: ${trouble}`, remedy: "look into the logs in the server's home" };
  return [server, await checkJobs(client)];
}

const LOOKED_AT = 100;

/** A workflow whose tasks fail answers no query: its job says `engine_stuck`. */
async function checkJobs(client: Client): Promise<Finding> {
  const what = 'open jobs';
  try {
    const { jobs } = await client.jobs({ state: OPEN_STATES.join(','), limit: LOOKED_AT });
    const answers = await Promise.all(jobs.map(({ job_id }) => codeOf(client, job_id)));
    const stuck = jobs.filter((_, at) => answers[at] === 'engine_stuck').map(({ job_id }) => job_id);
    if (stuck.length === 0) return { is: 'ok', what, says: `${jobs.length}, none stuck` };
    return {
      is: 'fail',
      what,
      says: `stuck: ${stuck.join(', ')}`,
      remedy:
        'see why in the Temporal UI ("tutti open JOB"); most often the version that started them is needed to end them',
    };
  } catch (error) {
    return {
      is: 'warn',
      what,
      says: (error as Error).message,
      remedy: 'give a token with --token or TUTTI_TOKEN',
    };
  }
}

const codeOf = (client: Client, job_id: string): Promise<string | null> =>
  client.status({ job_id }).then(
    () => null,
    (error: unknown) => (error instanceof ApiError ? error.code : 'unknown'),
  );
