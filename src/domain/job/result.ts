import { spentOf } from '../ledger.ts';
import { usd } from '../money.ts';
import { describe } from './describe.ts';
import type { Sha } from '../ids.ts';
import type { Job } from './state.ts';

/** What a closed job's workflow returns: for operators, nobody decides by it. */
export interface JobResult {
  readonly state: string;
  readonly reason: string | null;
  readonly branch: string;
  readonly head: Sha | null;
  readonly spentUsd: number;
}

export const resultOf = (job: Job): JobResult => ({
  state: describe(job).state,
  reason: job.stage.kind === 'closed' ? job.stage.as.reason : null,
  branch: job.delivery.branch,
  head: job.integration.head,
  spentUsd: usd(spentOf(job.ledger)),
});
