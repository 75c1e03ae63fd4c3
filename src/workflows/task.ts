import { CancellationScope, isCancellation, log, setCurrentDetails } from '@temporalio/workflow';
import { NO_USAGE } from '../domain/prices.ts';
import { openPurse } from '../domain/purse.ts';
import { beginAttempt } from './task/attempt.ts';
import { AttemptFailed } from './task/failure.ts';
import { onHost } from './task/host.ts';
import { checkOwnWork, merge } from './task/merge.ts';
import { listenToPayer, reportEnd } from './task/payer.ts';
import { workUntilSubmitted } from './task/work.ts';
import type { Outcome } from '../domain/job/progress.ts';
import type { Attempt, TaskStart } from './task/attempt.ts';

/**
 * One attempt at one task, the planner's included: opens a worktree and a conversation, lets the agent take turns,
 * checks and merges what it made, and reports to the workflow that pays. The history holds hashes and amounts only.
 */
export async function taskWorkflow(start: TaskStart): Promise<Outcome> {
  const attempt =
    start.kind === 'continued'
      ? start.attempt
      : beginAttempt(start.terms, openPurse(start.terms.start.tranche), NO_USAGE);
  listenToPayer(attempt);
  const { place, title } = attempt.terms;
  setCurrentDetails(`**${place.taskId}** ${title}, attempt ${place.attempt}`);
  const outcome = await carryOut(attempt);
  await CancellationScope.nonCancellable(async () => {
    if (attempt.host !== null) await close(attempt);
    await reportEnd(attempt, outcome);
  });
  return outcome;
}

async function carryOut(attempt: Attempt): Promise<Outcome> {
  try {
    if (attempt.phase === 'opening') await open(attempt);
    if (attempt.phase === 'working') {
      const work = await workUntilSubmitted(attempt);
      if (work.kind === 'plan') return { kind: 'planned', plan: work.plan };
      await checkOwnWork(attempt);
      attempt.phase = 'merging';
    }
    return await merge(attempt);
  } catch (error) {
    if (isCancellation(error)) return { kind: 'cancelled' };
    if (error instanceof AttemptFailed) return { kind: 'failed', error: error.error };
    throw error;
  }
}

async function open(attempt: Attempt): Promise<void> {
  const { agentRole, specSha, planSha, setupKey, source, start } = attempt.terms;
  if (setupKey !== null && planSha !== null)
    await onHost(attempt, 'prepareSetup', { planSha, jobBase: source.baseSha }, 'setup');
  const { feedback, from } = start;
  const opened = await onHost(
    attempt,
    'openAttempt',
    { agentRole, specSha, planSha, feedback, from },
    'open worktree',
  );
  attempt.talk = opened.talk;
  attempt.tree = opened.tree;
  attempt.turn = opened.turn;
  attempt.firstTurn = opened.turn;
  attempt.size = { knownTokens: opened.knownTokens, newBytes: opened.newBytes };
  attempt.phase = 'working';
}

/** Losing the clean-up of a worktree must not lose the work: what is left is removed when the job's refs are dropped. */
async function close(attempt: Attempt): Promise<void> {
  try {
    await onHost(attempt, 'closeAttempt', {}, 'close worktree');
  } catch (error) {
    if (!(error instanceof AttemptFailed)) throw error;
    log.warn('worktree left behind', { detail: error.message });
  }
}
