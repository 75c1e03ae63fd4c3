import { condition, getExternalWorkflowHandle, setHandler } from '@temporalio/workflow';
import { putTranche, returnRest, spentOfPurse } from '../../domain/purse.ts';
import { adoptedSignal, endedSignal, grantSignal, needSignal } from '../messages.ts';
import type { Need, Outcome } from '../../domain/job/progress.ts';
import type { MoneyWanted } from '../../domain/ledger.ts';
import type { Attempt } from './attempt.ts';

/** A need that is not served within this time parks the attempt: it continues as new while it waits. */
const PATIENCE = '1 minute';

/** Listens to the payer. Every handler is idempotent: a grant counts once, by its number. */
export function listenToPayer(attempt: Attempt): void {
  setHandler(grantSignal, (grant) => {
    if (grant.seq === attempt.seq && attempt.grant === null) attempt.grant = grant;
  });
  setHandler(adoptedSignal, () => {});
}

/**
 * Reports what was spent, gives back the rest, and waits for a tranche. False when none came in time: the attempt
 * should continue as new and call `awaitGrant` again.
 */
export async function askMoney(attempt: Attempt, wanted: MoneyWanted): Promise<boolean> {
  returnRest(attempt.purse);
  await need(attempt, { kind: 'money', ...wanted });
  return awaitGrant(attempt);
}

/** Asks for the merge, which one attempt of a job may do at a time. False as in `askMoney`. */
export async function askMerge(attempt: Attempt): Promise<boolean> {
  returnRest(attempt.purse);
  await need(attempt, { kind: 'integration' });
  return awaitGrant(attempt);
}

/** Waits for the answer to the last need and takes it in. */
export async function awaitGrant(attempt: Attempt): Promise<boolean> {
  if (!(await condition(() => attempt.grant !== null, PATIENCE))) return false;
  putTranche(attempt.purse, attempt.grant?.tranche ?? 0);
  return true;
}

/** True while a need has not been answered. */
export const isWaiting = (attempt: Attempt): boolean => attempt.seq > 0 && attempt.grant === null;

/** Tells the payer how the attempt ended: its last report. */
export async function reportEnd(attempt: Attempt, outcome: Outcome): Promise<void> {
  const { place, payer, baseSha } = attempt.terms;
  attempt.seq += 1;
  await getExternalWorkflowHandle(payer).signal(endedSignal, {
    taskId: place.taskId,
    attempt: place.attempt,
    seq: attempt.seq,
    spent: spentOfPurse(attempt.purse),
    usage: attempt.usage,
    turns: attempt.turn - attempt.firstTurn,
    baseSha,
    talk: attempt.talk,
    tree: attempt.tree,
    outcome,
  });
}

async function need(attempt: Attempt, wants: Need['wants']): Promise<void> {
  const { place, payer } = attempt.terms;
  attempt.seq += 1;
  attempt.grant = null;
  await getExternalWorkflowHandle(payer).signal(needSignal, {
    taskId: place.taskId,
    attempt: place.attempt,
    seq: attempt.seq,
    spent: spentOfPurse(attempt.purse),
    host: attempt.host,
    wants,
  });
}
