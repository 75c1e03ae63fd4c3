import { closeJob } from './close.ts';
import type { Instant, Sha } from '../ids.ts';
import type { Ending, Job } from './state.ts';

/** What the verification of a whole job found. */
export interface VerifiedChecks {
  readonly commit: Sha;
  readonly log: Sha;
  readonly runs: readonly {
    readonly checkId: string;
    readonly criterionId: string | null;
    readonly passed: boolean;
    readonly exitCode: number | null;
  }[];
}

/**
 * Sets each criterion by the checks that cover it and ends the job: with a failed check it is
 * `completed_with_failures`. A criterion that nothing could check is `unverifiable` and stops nothing.
 */
export function takeVerified(job: Job, verified: VerifiedChecks, now: Instant): void {
  for (const criterion of job.criteria) {
    const runs = verified.runs.filter((run) => run.criterionId === criterion.criterionId);
    const decisive = runs.find((run) => !run.passed) ?? runs[0];
    if (!decisive) criterion.state = 'unverifiable';
    else {
      criterion.state = decisive.passed ? 'met' : 'failed';
      criterion.evidence = { commit: verified.commit, exitCode: decisive.exitCode, log: verified.log };
    }
  }
  const failed = verified.runs.filter((run) => !run.passed).map((run) => run.checkId);
  const ending: Ending =
    failed.length === 0
      ? { state: 'completed', reason: null }
      : {
          state: 'completed_with_failures',
          reason: `checks failed on the merged work: ${failed.join(', ')}`,
        };
  if (job.stage.kind === 'verification') closeJob(job, ending, now);
}
