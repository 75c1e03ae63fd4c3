import { appendTalk, readTotals } from '../../store/talk.ts';
import { moveRefs, readRef } from '../../store/refs.ts';
import { NO_USAGE } from '../../domain/prices.ts';
import { OrchestratorError } from '../../domain/errors.ts';
import type { CheckRun, ChecksEntry } from '../../domain/conversation.ts';
import type { Hub } from '../../store/hub.ts';
import type { Sha } from '../../domain/ids.ts';

/** Appends how checks ended to the chain at `ref`, on top of `parent`; returns the commit that holds them. */
export async function keepEvidence(
  hub: Hub,
  ref: string,
  parent: Sha | null,
  { stage, commit, runs }: { stage: ChecksEntry['stage']; commit: Sha; runs: readonly CheckRun[] },
): Promise<Sha> {
  const at = Date.now();
  const before = parent === null ? { turn: 0, usage: NO_USAGE, cost: 0 } : await readTotals(hub, parent);
  const passed = runs.filter((run) => run.passed).length;
  const activity = `${passed} of ${runs.length} checks passed`;
  const entry: ChecksEntry = { kind: 'checks', at, stage, commit, runs };
  const head = await appendTalk(hub, parent, entry, { ...before, at, activity });
  if ((await moveRefs(hub, [{ ref, to: head, from: parent }])) === 'moved') return head;
  const winner = await readRef(hub, ref);
  throw new OrchestratorError('attempt_lost', `another delivery moved ${ref} to ${winner}`);
}
