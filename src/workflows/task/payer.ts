import { condition, getExternalWorkflowHandle, setHandler } from '@temporalio/workflow';
import { putTranche, returnRest, spentOfPurse } from '../../domain/purse.ts';
import { adoptedSignal, endedSignal, grantSignal, needSignal } from '../messages.ts';
import { park } from './park.ts';
import type { Need, Outcome } from '../../domain/job/progress.ts';
import type { MoneyWanted } from '../../domain/ledger.ts';
import type { Attempt } from './attempt.ts';

/** A need that is not served within this time parks the attempt: it continues as new, once, and waits on. */
const PATIENCE = '1 minute';

/** Listens to the payer. Every handler is idempotent: a grant counts once, by its number. */
export function listenToPayer(attempt: Attempt): void {
  setHandler(grantSignal, (grant) => {
    if (grant.seq === attempt.seq && attempt.grant === null) attempt.grant = grant;
  });
  setHandler(adoptedSignal, () => {});
}

/** Reports what was spent, gives back the rest, and waits for a tranche. */
export const askMoney = (attempt: Attempt, wanted: MoneyWanted): Promise<void> =>
  served(attempt, { kind: 'money', ...wanted });

/** Asks for the merge, which one attempt of a job may do at a time. */
export const askMerge = (attempt: Attempt): Promise<void> => served(attempt, { kind: 'integration' });

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

/** An attempt that has parked over its need goes on waiting for it, however long that takes. */
async function served(attempt: Attempt, wants: Need['wants']): Promise<void> {
  const granted = (): boolean => attempt.grant !== null;
  if (attempt.seq > 0 && !granted()) await condition(granted);
  else {
    returnRest(attempt.purse);
    await need(attempt, wants);
    if (!(await condition(granted, PATIENCE))) await park(attempt);
  }
  putTranche(attempt.purse, attempt.grant?.tranche ?? 0);
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
