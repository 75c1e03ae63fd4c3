import { log, sleep } from '@temporalio/workflow';
import { findHost, hostSteps } from '../activities.ts';
import { AttemptFailed, readFailure } from './failure.ts';
import type { ActivityFunctionWithOptions } from '@temporalio/workflow';
import type { HostStep, HostSteps } from '../../activities/steps.ts';
import type { Attempt } from './attempt.ts';

/** Losses of one step in a row after which its cause is taken for ours and the attempt fails. */
const MOST_LOSSES = 12;

/**
 * Runs one step on the attempt's host, and again when it is lost, each time with the next fence, so that a delivery
 * that wakes up late finds its worktree taken. A host that takes no step is gone: another is asked for, or its return
 * awaited, without an event. No attempt is charged. A step that fails with one of our codes fails
 * the attempt.
 */
export async function onHost<N extends keyof HostSteps>(
  attempt: Attempt,
  name: N,
  input: Omit<Parameters<HostSteps[N]>[0], keyof HostStep>,
  summary: string,
): Promise<Awaited<ReturnType<HostSteps[N]>>> {
  for (let losses = 1; ;) {
    attempt.host ??= (await findHost(attempt.terms.place)).host;
    try {
      const { place, baseSha, network, setupKey } = attempt.terms;
      const step = { place, fence: attempt.fence, baseSha, network, setupKey, ...input };
      const run = hostSteps(attempt.host)[name] as ActivityFunctionWithOptions<
        (step: HostStep) => Promise<never>
      >;
      return await run.executeWithOptions({ summary }, [step]);
    } catch (error) {
      const failure = readFailure(error);
      if (failure.kind === 'coded') throw new AttemptFailed(failure.code, failure.detail);
      if (losses === MOST_LOSSES)
        throw new AttemptFailed('attempt_lost', `${name} was lost ${losses} times: ${failure.detail}`);
      log.warn('step lost, repeating', { name, losses, detail: failure.detail });
      attempt.fence += 1;
      if (failure.kind === 'unstarted') attempt.host = null;
      else {
        if (losses > 1) await sleep(Math.min(30_000, 250 * 2 ** losses));
        losses += 1;
      }
    }
  }
}
