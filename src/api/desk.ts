import { createJobs } from './jobs.ts';
import { createRecent } from './recent.ts';
import { createWatch } from './watch.ts';
import type { Deps } from './deps.ts';
import type { Jobs } from './jobs.ts';
import type { Recent } from './recent.ts';
import type { Watch } from './watch.ts';

/** What the handlers share: the server's dependencies, and what is made of them once. */
export interface Desk extends Deps {
  readonly jobs: Jobs;
  readonly watch: Watch;
  readonly recent: Recent;
}

export function createDesk(deps: Deps): Desk {
  const jobs = createJobs(deps.gateway, deps.settings.hubsDir);
  return { ...deps, jobs, watch: createWatch(jobs), recent: createRecent() };
}
