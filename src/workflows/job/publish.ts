import { setCurrentDetails, upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import { SearchAttributeType, defineSearchAttributeKey } from '@temporalio/common';
import { budgetAnswer } from '../../domain/job/commands.ts';
import { describe } from '../../domain/job/describe.ts';
import { progressOf } from '../../domain/job/summary.ts';
import { jobReport } from '../../domain/job/report.ts';
import type { Job } from '../../domain/job/state.ts';
import type { JobMemo } from '../messages.ts';

const STATE = defineSearchAttributeKey('TuttiState', SearchAttributeType.KEYWORD);
const WAITS = defineSearchAttributeKey('TuttiWaits', SearchAttributeType.KEYWORD_LIST);

export type Publish = () => void;

/**
 * Shows the job to operators: its state as search attributes, its milestones in the memo (what a list shows, so that
 * listing asks no workflow), and a report in the Temporal UI. Only what changed costs an event.
 */
export function createPublisher(job: Job): Publish {
  let shownState = '';
  let shownMemo = '';
  return () => {
    const { state, waitingOn } = describe(job);
    if (shownState !== `${state} ${waitingOn}`) {
      shownState = `${state} ${waitingOn}`;
      upsertSearchAttributes([
        { key: STATE, value: state },
        { key: WAITS, value: waitingOn === null ? [] : [waitingOn] },
      ]);
    }
    const memo = memoOf(job);
    const milestone = JSON.stringify([memo.progress, state]);
    if (shownMemo !== milestone) {
      shownMemo = milestone;
      upsertMemo({ ...memo });
    }
    setCurrentDetails(jobReport(job));
  };
}

const memoOf = (job: Job): Pick<JobMemo, 'progress' | 'budget'> => ({
  progress: progressOf(job.tasks),
  budget: budgetAnswer(job),
});
