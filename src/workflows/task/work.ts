import { workflowInfo } from '@temporalio/workflow';
import { totalTokens } from '../../domain/prices.ts';
import { answerFromModel } from './calls.ts';
import { AttemptFailed } from './failure.ts';
import { onHost } from './host.ts';
import { park } from './park.ts';
import type { Called } from '../../activities/steps.ts';
import type { Submitted } from '../../domain/conversation.ts';
import type { Attempt } from './attempt.ts';

/** Plans that a planner may get wrong before it fails. */
const MOST_REFUSED_PLANS = 2;

/** What an agent ended its work with. */
type Work = Exclude<Submitted, { kind: 'plan_refused' }>;

/** Lets the agent take turns until it submits. Throws `AttemptFailed` when it gives up, is refused or runs out of turns. */
export async function workUntilSubmitted(attempt: Attempt): Promise<Work> {
  for (;;) {
    if (workflowInfo().continueAsNewSuggested) await park(attempt);
    const submitted = await takeTurn(attempt);
    if (submitted?.kind === 'plan_refused') refusePlan(attempt, submitted.detail);
    else if (submitted) return submitted;
  }
}

async function takeTurn(attempt: Attempt): Promise<Submitted | null> {
  const { turns, agentRole, specSha } = attempt.terms;
  if (attempt.turn - attempt.firstTurn === turns)
    throw new AttemptFailed('turns_exhausted', `no result after ${turns} turns`);
  const turn = attempt.turn + 1;
  const called = await answerFromModel(attempt, turn);
  attempt.turn = turn;
  attempt.talk = called.talk;
  countIdle(attempt, called);
  const run = await onHost(
    attempt,
    'runTools',
    {
      agentRole,
      turn,
      talk: called.talk,
      tree: attempt.tree as string,
      specSha,
      plansRefused: attempt.plansRefused,
    },
    called.summary,
  );
  attempt.talk = run.talk;
  attempt.tree = run.tree;
  attempt.size = { knownTokens: totalTokens(called.usage), newBytes: run.newBytes };
  return run.submitted;
}

function countIdle(attempt: Attempt, called: Called): void {
  if (called.stop === 'refusal')
    throw new AttemptFailed('provider_refused', `the model refused: ${called.summary}`);
  if (called.stop === 'context_full')
    throw new AttemptFailed('gave_up', 'the conversation is longer than the model can read');
  attempt.idle = called.toolCalls === 0 ? attempt.idle + 1 : 0;
  if (attempt.idle > 1)
    throw new AttemptFailed('gave_up', `the agent stopped without a result: ${called.summary}`);
}

function refusePlan(attempt: Attempt, detail: string): void {
  attempt.plansRefused += 1;
  if (attempt.plansRefused > MOST_REFUSED_PLANS) throw new AttemptFailed('plan_invalid', detail);
}
