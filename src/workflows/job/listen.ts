import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import { carryOut, refusalOf, staleRevision } from '../../domain/job/commands.ts';
import { describe } from '../../domain/job/describe.ts';
import { record } from '../../domain/job/events.ts';
import { takeEnded, takeNeed } from '../../domain/job/progress.ts';
import { viewOf } from '../../domain/job/view.ts';
import {
  approvePlanSignal,
  commandUpdates,
  endedSignal,
  eventsQuery,
  jobQuery,
  needSignal,
  submitUpdate,
} from '../messages.ts';
import type { Command } from '../../domain/job/commands.ts';
import type { CommandAnswer, Job } from '../../domain/job/state.ts';
import type { Desk } from './desk.ts';

/** Sets every handler of a job. None of them waits, except `submit`, whose only work it is. */
export function listen(desk: Desk): void {
  const { job, change } = desk;
  setHandler(jobQuery, () => viewOf(job));
  setHandler(eventsQuery, (after) => ({
    events: job.events.recent.filter((event) => event.seq > after),
    last: job.events.next - 1,
  }));
  setHandler(needSignal, (need) => change((now) => takeNeed(job, need, now)));
  setHandler(endedSignal, (ended) => change((now) => takeEnded(job, ended, now)));
  setHandler(submitUpdate, async () => {
    await condition(() => job.plan !== null || describe(job).state !== 'planning');
    return { state: describe(job).state };
  });
  for (const update of Object.values(commandUpdates))
    setHandler(update, (command): CommandAnswer => change((now) => carryOut(job, command, now)), {
      validator: (command) => refuseUnlessAllowed(job, command),
    });
  setHandler(approvePlanSignal, (approval) => approveBySignal(desk, approval));
}

function refuseUnlessAllowed(job: Job, command: Command): void {
  const refusal = refusalOf(job, command);
  if (!refusal) return;
  const { code, detail, state, allowed } = refusal;
  throw ApplicationFailure.create({
    type: code,
    message: detail,
    nonRetryable: true,
    details: [{ state, allowed }],
  });
}

/** A signal cannot be refused: one that does not fit is recorded and changes nothing. */
function approveBySignal({ job, change }: Desk, approval: { plan_revision?: unknown; note?: unknown }): void {
  const planRevision = typeof approval?.plan_revision === 'number' ? approval.plan_revision : null;
  const note = typeof approval?.note === 'string' ? approval.note : null;
  const command: Command = { name: 'approve', by: 'temporal', key: null, hash: '', planRevision, note };
  change((now) => {
    const reason = reasonToIgnore(job, command, planRevision);
    if (reason === null) carryOut(job, command, now);
    else record(job, now, 'approval.ignored', { reason, plan_revision: planRevision });
  });
}

function reasonToIgnore(job: Job, command: Command, planRevision: number | null): string | null {
  if (!job.header.approvalBySignal) return 'approval by signal is switched off';
  if (planRevision === null) return 'the signal carries no plan_revision';
  return (refusalOf(job, command) ?? staleRevision(job, planRevision))?.detail ?? null;
}
