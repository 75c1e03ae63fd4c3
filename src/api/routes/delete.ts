import { isJobId } from '../../domain/ids.ts';
import { jobPrefix } from '../../store/attempt-refs.ts';
import { listRefs } from '../../store/refs.ts';
import { json } from '../ask.ts';
import { checkOwner } from '../auth.ts';
import { giveCommand } from '../command.ts';
import { jobNotFound } from '../jobs.ts';
import { watchUntil } from '../watch.ts';
import { watchUntilGone } from '../watch-gone.ts';
import type { Ask, Handler } from '../ask.ts';
import type { Desk } from '../desk.ts';
import type { JobFacts } from '../jobs.ts';

/** How long a DELETE waits for the job's processes to end before it answers 202, in milliseconds. */
const PATIENCE_MS = 20_000;

/** Cancels and drops a job: its workflow drops the refs, leaves a tombstone and closes; then its runs are dropped. */
export function deleteRoute(desk: Desk): { readonly delete: Handler<'delete'> } {
  return {
    async delete(ask) {
      const jobId = ask.params.job_id;
      if (!isJobId(jobId)) throw jobNotFound(jobId);
      const facts = await settled(desk, await desk.jobs.read(jobId), ask.signal);
      checkOwner(ask.grant, facts.view.owner);
      const refs = await listRefs(facts.hub, jobPrefix(jobId));
      await orderDeletion(desk, ask, facts);
      desk.recent.add(jobId);
      const gone = watchUntilGone(desk, jobId);
      gone
        .then(() => desk.gateway.erase(jobId))
        .catch((error: unknown) => desk.log.warn({ err: error, jobId }, 'runs of a deleted job are left'));
      const dropped = refs.map(({ ref }) => ref);
      return (await within(PATIENCE_MS, gone))
        ? json(200, { job_id: jobId, deleted: true, dropped })
        : json(202, { job_id: jobId, deleted: false, dropped: [] });
    },
  };
}

/** A job that has ended and is being archived takes no orders; a moment later it can be deleted. */
const settled = (desk: Desk, facts: JobFacts, signal: AbortSignal): Promise<JobFacts> =>
  watchUntil(desk.watch, facts, ({ view, closed }) => closed !== null || view.stage.kind !== 'closed', {
    ms: PATIENCE_MS,
    signal,
  });

async function orderDeletion(desk: Desk, ask: Ask<'delete'>, { closed }: JobFacts): Promise<void> {
  if (closed !== null) return desk.gateway.reopen(closed);
  await giveCommand(desk, ask, { name: 'delete', force: ask.query.force === 'true' });
}

/** Whether the promise is kept in time. */
async function within(ms: number, promise: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  return Promise.race([promise.then(() => true), late]).finally(() => clearTimeout(timer));
}
