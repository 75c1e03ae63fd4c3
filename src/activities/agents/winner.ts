import { readCommit, readFileAt } from '../../store/objects.ts';
import { readRef } from '../../store/refs.ts';
import type { Hub } from '../../store/hub.ts';
import type { Sha } from '../../domain/ids.ts';
import type { TalkEntry } from '../../domain/conversation.ts';

/**
 * What stands in a conversation after the commit `from`, oldest first; nothing when it is the newest. A step that was
 * delivered before finds there what the other delivery made. Empty too when `from` is not on the ref's chain.
 */
export async function entriesAfter(
  hub: Hub,
  ref: string,
  from: Sha,
): Promise<{ sha: Sha; entry: TalkEntry }[]> {
  const found: { sha: Sha; entry: TalkEntry }[] = [];
  for (let sha = await readRef(hub, ref); sha !== null && sha !== from;) {
    const entry = JSON.parse(String(await readFileAt(hub, sha, 'entry.json'))) as TalkEntry;
    found.unshift({ sha, entry });
    sha = (await readCommit(hub, sha)).parents[0] ?? null;
    if (sha === null) return [];
  }
  return found;
}
