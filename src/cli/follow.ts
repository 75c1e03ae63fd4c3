import { ApiError } from '../contract/api-error.ts';
import { askText, choose } from './ask.ts';
import { billLines } from './view/bill.ts';
import { planLines } from './view/plan-view.ts';
import { frameFor, openDisplay } from './display.ts';
import { errorLines } from './errors.ts';
import { followAsJson } from './follow-json.ts';
import { canAsk, printLines } from './io.ts';
import { interruptible } from './interrupt.ts';
import { wantsJson } from './invocation.ts';
import { watchJob } from './client/watch-job.ts';
import type { Invocation } from './invocation.ts';
import type { Session } from './client/session.ts';
import type { WireStatus } from '../contract/status.ts';

export interface FollowOptions {
  /** Ask about the plan, where somebody can answer. */
  readonly decide: boolean;
  /** Seconds; undefined: until the job is finished. */
  readonly timeout?: number | undefined;
}

/**
 * Shows a job until it is finished, then its bill. Answers 0 when it was completed, else 1. Throws Interrupted at
 * Ctrl-C.
 */
export async function follow(
  invocation: Invocation,
  session: Session,
  jobId: string,
  options: FollowOptions,
): Promise<number> {
  const { io } = invocation;
  const patience = options.timeout === undefined ? null : AbortSignal.timeout(options.timeout * 1_000);
  const show = wantsJson(invocation.options) ? followAsJson : followOnScreen;
  const last = await interruptible(io, comeBack(jobId), (interrupt) => {
    const signal = patience === null ? interrupt : AbortSignal.any([interrupt, patience]);
    return show(invocation, session, jobId, { ...options, signal });
  });
  if (last === null) io.stderr.write(`Not finished after ${options.timeout} s. ${comeBack(jobId)}\n`);
  return last !== null && last !== 'left' && last.state === 'completed' ? 0 : 1;
}

/** The last status; `left` when the person decided not to follow any more, null when it was cut short. */
export type Followed = WireStatus | 'left' | null;

const comeBack = (jobId: string): string => `The job goes on. Come back with: tutti watch ${jobId}`;

async function followOnScreen(
  { io }: Invocation,
  session: Session,
  jobId: string,
  { decide, signal }: FollowOptions & { signal: AbortSignal },
): Promise<Followed> {
  const display = openDisplay(io, [' Ctrl-C stops watching; the job goes on.']);
  let last: WireStatus | null = null;
  try {
    for await (const seen of watchJob(session.client, jobId, { signal })) {
      if (seen.kind === 'away') {
        display.away(seen.reason);
        continue;
      }
      last = seen.status;
      display.show(last);
      if (!decide || last.state !== 'awaiting_approval' || !canAsk(io)) continue;
      display.pause();
      if (!(await decidePlan(io, session, last))) return 'left';
    }
  } finally {
    display.close();
  }
  if (signal.aborted || last === null) return null;
  printLines(io.stdout, billLines(last, frameFor(io, io.stdout)));
  return last;
}

/** Shows the plan and asks what to do with it; false: it is left as it is. */
async function decidePlan(io: Invocation['io'], { client }: Session, status: WireStatus): Promise<boolean> {
  const { job_id, budget } = status;
  const plan = await client.plan({ job_id });
  const frame = frameFor(io, io.stderr);
  const show = (full: boolean) =>
    printLines(io.stderr, ['', ...planLines(plan, frame, { full, limitUsd: budget.limit_usd }), '']);
  show(false);
  for (;;) {
    const choice = await choose(io, `Carry out plan ${plan.revision}?`, CHOICES, comeBack(job_id));
    try {
      switch (choice) {
        case 'approve':
          await client.approve({ job_id, body: { plan_revision: plan.revision } });
          return true;
        case 'reject': {
          const reason = (await askText(io, 'Why? (Enter for no reason)', comeBack(job_id))).trim();
          await client.reject({ job_id, body: reason === '' ? {} : { reason } });
          return true;
        }
        case 'leave':
          io.stderr.write(`The plan waits: tutti approve ${job_id}, or tutti reject ${job_id}\n`);
          return false;
        case 'full':
          show(true);
          break;
        default:
          return choice satisfies never;
      }
    } catch (error) {
      // Somebody else was quicker, or the plan is another one now: look again.
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      printLines(io.stderr, errorLines(error));
      return true;
    }
  }
}

const CHOICES = [
  { value: 'approve', label: 'Approve: the tasks begin' },
  { value: 'full', label: 'Read every instruction in full' },
  { value: 'reject', label: 'Reject: the job ends' },
  { value: 'leave', label: 'Leave it waiting' },
] as const;
