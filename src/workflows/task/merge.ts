import { AttemptFailed } from './failure.ts';
import { onHost } from './host.ts';
import { askMerge } from './payer.ts';
import type { Outcome } from '../../domain/job/progress.ts';
import type { Attempt } from './attempt.ts';

/** The task's own checks in its worktree; failing ones fail the attempt. */
export async function checkOwnWork(attempt: Attempt): Promise<void> {
  const { planSha } = attempt.terms;
  const checked = await onHost(
    attempt,
    'checkTask',
    { planSha: planSha as string, tree: attempt.tree as string, talk: attempt.talk as string },
    'own checks',
  );
  attempt.talk = checked.talk;
  if (!checked.passed) throw new AttemptFailed('checks_failed', checked.detail);
}

/** Merges the work onto the integration branch when it is this attempt's turn. */
export async function merge(attempt: Attempt): Promise<Outcome> {
  const { planSha, source } = attempt.terms;
  await askMerge(attempt);
  const merged = await onHost(
    attempt,
    'integrate',
    {
      planSha: planSha as string,
      tree: attempt.tree as string,
      talk: attempt.talk as string,
      source,
    },
    'merge and check',
  );
  switch (merged.kind) {
    case 'merged':
      return { kind: 'merged', commit: merged.commit, changed: merged.changed, delivery: merged.delivery };
    case 'conflict':
      attempt.talk = merged.talk;
      throw new AttemptFailed(
        'merge_conflict',
        `conflicts with what was merged before: ${merged.files.join(', ')}`,
      );
    case 'checks_failed':
      attempt.talk = merged.talk;
      throw new AttemptFailed('checks_failed', `merged with the other tasks: ${merged.detail}`);
    default:
      return merged satisfies never;
  }
}
