import { log, sleep } from '@temporalio/workflow';
import { addUsage } from '../../domain/prices.ts';
import { affordableCall, chargeCall, settleCall } from '../../domain/purse.ts';
import { moneyFor } from '../../domain/job/money.ts';
import { callModel } from '../activities.ts';
import { AttemptFailed, readFailure } from './failure.ts';
import { askMoney } from './payer.ts';
import type { CallFailure, Called } from '../../activities/steps.ts';
import type { Attempt } from './attempt.ts';

/** Requests that one call may make before the provider is given up. */
const MOST_REQUESTS = 3;

/** Losses of one call in a row (its worker died) before the attempt is given up; each stays charged. */
const MOST_LOSSES = 12;

/**
 * Has the model answer the conversation: reserves first, asks for money when the purse is short, and repeats a
 * request that the provider refused for the moment. An answer that arrived in spite of its loss is used, not bought again.
 */
export async function answerFromModel(attempt: Attempt, turn: number): Promise<Called> {
  let losses = 0;
  for (let request = 1; ;) {
    const call = attempt.call + 1;
    const { maxTokens, reservation } = await reserveCall(attempt);
    const lost = Object.keys(attempt.purse.lost).map(Number);
    attempt.call = call;
    chargeCall(attempt.purse, call, reservation);
    try {
      const { place, agentRole, provider, model } = attempt.terms;
      const talk = attempt.talk as string;
      const called = await callModel.executeWithOptions({ summary: `turn ${turn}` }, [
        {
          place,
          agentRole,
          provider,
          model,
          turn,
          ownTurn: turn - attempt.firstTurn,
          call,
          talk,
          maxTokens,
          reservation,
          lost,
        },
      ]);
      for (const { call: one, cost } of called.settled) settleCall(attempt.purse, one, cost);
      attempt.usage = addUsage(attempt.usage, called.usage);
      return called;
    } catch (error) {
      const failure = readFailure(error);
      if (failure.kind !== 'coded') {
        losses += 1;
        if (losses === MOST_LOSSES)
          throw new AttemptFailed('attempt_lost', `call ${call} was lost: ${failure.detail}`);
        log.warn('model call lost, repeating', { call, detail: failure.detail });
        if (losses > 1) await sleep(Math.min(30_000, 250 * 2 ** losses));
        continue;
      }
      const { repeatable, retryAfterMs, mayHaveCost } =
        (failure.details[0] as CallFailure | undefined) ?? UNEXPLAINED;
      if (!mayHaveCost) settleCall(attempt.purse, call, 0);
      if (!repeatable) throw new AttemptFailed(failure.code, failure.detail);
      if (request === MOST_REQUESTS)
        throw new AttemptFailed(failure.code, `${failure.detail} (${MOST_REQUESTS} requests made)`);
      await sleep(Math.max(retryAfterMs ?? 0, 500 * 2 ** request));
      request += 1;
    }
  }
}

/** A failure before the request, such as a hub that cannot be read. */
const UNEXPLAINED: CallFailure = { repeatable: false, retryAfterMs: null, mayHaveCost: false };

async function reserveCall(attempt: Attempt): Promise<{ maxTokens: number; reservation: number }> {
  const { price } = attempt.terms.model;
  for (;;) {
    const affordable = affordableCall(attempt.purse, attempt.size, price);
    if (affordable) return affordable;
    await askMoney(attempt, moneyFor(attempt.size, price));
  }
}
