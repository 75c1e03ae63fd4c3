import { dropJobRefs } from '../../store/archive.ts';
import { openHub } from '../../store/hub.ts';
import { removeJobWorktrees } from '../workspace/worktree.ts';
import type { HubName, JobId } from '../../domain/ids.ts';
import type { WorkspaceDeps } from '../deps.ts';

/** Drops a job's refs and worktrees. Its delivered branch stays in the source. */
export async function dropJob(
  deps: WorkspaceDeps,
  { hub: name, jobId }: { hub: HubName; jobId: JobId },
): Promise<void> {
  const hub = await openHub(deps.hubsDir, name);
  await removeJobWorktrees({ hub, hostDir: deps.hostDir, jobId });
  await dropJobRefs(hub, jobId);
}
