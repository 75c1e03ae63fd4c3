import { jobRefs } from '../../store/attempt-refs.ts';
import { openHub } from '../../store/hub.ts';
import { putDocument, readDocuments } from '../../store/documents.ts';
import type { HubName, JobId } from '../../domain/ids.ts';
import type { JobEvent } from '../../domain/job/state.ts';
import type { WorkspaceDeps } from '../deps.ts';

/** Keeps events that leave the job's state. A repetition finds its own document and adds nothing. */
export async function saveEvents(
  deps: WorkspaceDeps,
  { hub: name, jobId, events }: { hub: HubName; jobId: JobId; events: readonly JobEvent[] },
): Promise<void> {
  const hub = await openHub(deps.hubsDir, name);
  const ref = jobRefs(jobId).events;
  const title = `events-${events[0]?.seq}-${events.at(-1)?.seq}`;
  const kept = await readDocuments(hub, ref);
  if (!kept.some((document) => document.name === title)) await putDocument(hub, ref, title, events);
}
