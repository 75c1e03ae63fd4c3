import { attemptHeads } from '../../store/attempt-refs.ts';
import { openHub } from '../../store/hub.ts';
import { readCalls } from '../../store/calls.ts';
import { readTotals } from '../../store/talk.ts';
import { spentOf } from '../../domain/calls.ts';
import { NO_USAGE } from '../../domain/prices.ts';
import type { Account, AttemptPlace } from '../steps.ts';
import type { WorkspaceDeps } from '../deps.ts';

/** What an attempt that cannot report any more has spent and reached, by its refs alone. */
export async function accountAttempt(deps: WorkspaceDeps, place: AttemptPlace): Promise<Account> {
  const hub = await openHub(deps.hubsDir, place.hub);
  const { talk, tree, calls } = await attemptHeads(hub, place.jobId, place.taskId, place.attempt);
  const [records, totals] = await Promise.all([
    readCalls(hub, calls),
    talk === null ? null : readTotals(hub, talk),
  ]);
  return {
    spent: spentOf(records),
    usage: totals?.usage ?? NO_USAGE,
    turns: totals?.turn ?? 0,
    talk,
    tree,
  };
}
