import { readCommit } from '../../store/objects.ts';
import type { Hub } from '../../store/hub.ts';
import type { Sha, TaskId } from '../../domain/ids.ts';

/** The tasks whose commits lie on the integration branch after `base`, by their trailers. */
export async function mergedTasks(hub: Hub, base: Sha, head: Sha): Promise<Set<TaskId>> {
  const tasks = new Set<TaskId>();
  for (let sha: Sha | undefined = head; sha !== undefined && sha !== base;) {
    const commit = await readCommit(hub, sha);
    const task = /^Tutti-Task: (\S+)$/m.exec(commit.body)?.[1];
    if (task !== undefined) tasks.add(task);
    sha = commit.parents[0];
  }
  return tasks;
}
