import { OrchestratorError } from '../../domain/errors.ts';
import { isTaskId } from '../../domain/ids.ts';
import { microUsd } from '../../domain/money.ts';
import { json } from '../ask.ts';
import { giveCommand } from '../command.ts';
import type { Handler } from '../ask.ts';
import type { Desk } from '../desk.ts';

type Commands = 'approve' | 'reject' | 'cancel' | 'close' | 'budget' | 'retry';

/** The decisions that people take about a job. */
export function commandRoutes(desk: Desk): { readonly [N in Commands]: Handler<N> } {
  return {
    async approve(ask) {
      const { plan_revision: planRevision = null, note = null } = ask.body;
      return json(200, await giveCommand(desk, ask, { name: 'approve', planRevision, note }));
    },
    async reject(ask) {
      return json(200, await giveCommand(desk, ask, { name: 'reject', reason: ask.body.reason ?? null }));
    },
    async cancel(ask) {
      return json(200, await giveCommand(desk, ask, { name: 'cancel' }));
    },
    async close(ask) {
      return json(200, await giveCommand(desk, ask, { name: 'close', reason: ask.body.reason ?? null }));
    },
    async budget(ask) {
      const { limit_usd: limit, add_usd: add } = ask.body;
      if (add !== undefined && ask.key === null) throw addNeedsKey();
      const amounts = { limit: micro(limit), add: micro(add) };
      return json(200, { budget: await giveCommand(desk, ask, { name: 'budget', ...amounts }) });
    },
    async retry(ask) {
      const { task_id: taskId, job_id: jobId } = ask.params;
      if (!isTaskId(taskId)) throw taskNotFound(jobId, taskId);
      const { feedback = null } = ask.body;
      return json(202, await giveCommand(desk, ask, { name: 'retry', taskId, feedback }));
    },
  };
}

export const taskNotFound = (jobId: string, taskId: string): OrchestratorError =>
  new OrchestratorError('task_not_found', `Job ${jobId} has no task "${taskId.slice(0, 40)}".`);

const micro = (amount: number | undefined): number | null => (amount === undefined ? null : microUsd(amount));

/** Without a key a repetition after a lost answer would add twice. */
function addNeedsKey(): OrchestratorError {
  const detail =
    'needs the header Idempotency-Key, so that a repetition does not add twice; or set limit_usd';
  return new OrchestratorError('invalid_field', `/add_usd ${detail}.`, {
    errors: [{ pointer: '/add_usd', detail }],
  });
}
