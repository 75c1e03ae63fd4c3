import {
  affordableCall,
  chargeCall,
  openPurse,
  putTranche,
  returnRest,
  settleCall,
  spentOfPurse,
} from '../../../src/domain/purse.ts';
import { taskOf } from '../../../src/domain/job/describe.ts';
import { PROMPT_BYTES, modelOf, moneyFor, priceOf } from '../../../src/domain/job/money.ts';
import { taskError } from '../../../src/domain/failures.ts';
import { NO_USAGE } from '../../../src/domain/prices.ts';
import { PLANNER } from '../../../src/domain/ids.ts';
import { hold } from '../hold.ts';
import type { ErrorCode } from '../../../src/domain/errors.ts';
import type { Grant, Need, Outcome, Start } from '../../../src/domain/job/progress.ts';
import type { Job, PlanOutline, TaskRecord } from '../../../src/domain/job/state.ts';
import type { Report } from './simulation.ts';

/** An attempt's workflow as its job sees it: it pays before it calls, asks when it is short, merges by turns, ends once. */
export interface Child {
  readonly taskId: string;
  readonly attempt: number;
  isGone(): boolean;
  /** Whether it can do nothing until the job answers. */
  waits(): boolean;
  take(grant: Grant): void;
  /** A model call, answered, refused for nothing or lost by `fate`; a report where money is short. */
  call(fate: number): void;
  /** Its work is done: a plan, or the request to merge; the merge where that was granted. */
  finish(): void;
  fail(code: ErrorCode): void;
  /** What the job asks of it, or an operator behind the job's back. */
  cancel(): void;
  /** Ends without a report; what its refs say it spent. */
  vanish(): number;
}

export function createChild(
  job: Job,
  start: Start,
  plan: PlanOutline,
  send: (report: Report) => void,
): Child {
  const { taskId, attempt } = start;
  const task = (taskId === PLANNER ? job.planner : taskOf(job, taskId)) as TaskRecord;
  const price = priceOf(job.header, modelOf(job, task));
  const purse = openPurse(start.tranche);
  let size = { knownTokens: 0, newBytes: PROMPT_BYTES + job.header.specBytes + task.outline.bytes };
  let seq = 0;
  let calls = 0;
  let gone = false;
  let asked: Need['wants'] | null = null;
  let mayMerge = false;

  function need(wants: Need['wants']): void {
    returnRest(purse);
    seq += 1;
    asked = wants;
    send({ kind: 'need', need: { taskId, attempt, seq, spent: spentOfPurse(purse), host: 'h1', wants } });
  }

  function end(outcome: Outcome): void {
    gone = true;
    seq += 1;
    const commit = `${taskId}${attempt}`.padEnd(40, '0');
    const account = { spent: spentOfPurse(purse), usage: NO_USAGE, turns: calls, baseSha: commit };
    send({ kind: 'ended', ended: { taskId, attempt, seq, ...account, talk: commit, tree: commit, outcome } });
  }

  return {
    taskId,
    attempt,
    isGone: () => gone,
    waits: () => !gone && asked !== null,
    take(grant) {
      if (gone || grant.seq !== seq || asked === null) return;
      hold((grant.tranche === null) === (asked.kind === 'integration'), 'a grant answers its need');
      if (asked.kind === 'integration') mayMerge = true;
      putTranche(purse, grant.tranche ?? 0);
      asked = null;
    },
    call(fate) {
      if (gone || asked !== null || mayMerge) return;
      const next = affordableCall(purse, size, price);
      if (next === null) return need({ kind: 'money', ...moneyFor(size, price) });
      calls += 1;
      chargeCall(purse, calls, next.reservation);
      if (fate % 10 === 0) return;
      settleCall(purse, calls, fate % 10 === 1 ? 0 : Math.floor((next.reservation * fate) / 1_000));
      size = { knownTokens: size.knownTokens + size.newBytes, newBytes: fate };
    },
    finish() {
      if (gone || asked !== null) return;
      if (taskId === PLANNER) return end({ kind: 'planned', plan });
      if (!mayMerge) return need({ kind: 'integration' });
      hold(job.integration.holder === `${taskId}/${attempt}`, 'who merges holds the branch');
      const delivery = { branch: 'tutti/j000000000', state: 'delivered', reason: null } as const;
      end({ kind: 'merged', commit: `${taskId}${attempt}`.padEnd(40, '0'), changed: true, delivery });
    },
    fail(code) {
      if (!gone) end({ kind: 'failed', error: taskError(code, 'it did not work') });
    },
    cancel() {
      if (!gone) end({ kind: 'cancelled' });
    },
    vanish() {
      gone = true;
      return spentOfPurse(purse);
    },
  };
}
