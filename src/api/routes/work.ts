import { OrchestratorError } from '../../domain/errors.ts';
import { isTaskId } from '../../domain/ids.ts';
import { attemptHeads } from '../../store/attempt-refs.ts';
import { readTalk, turnOf, withTurns } from '../../store/talk.ts';
import { turnDetailToWire, turnToWire } from '../../contract/turn-to-wire.ts';
import { json } from '../ask.ts';
import { diffReply, jobRange, taskRange } from '../diffs.ts';
import { logOf } from '../log-text.ts';
import { taskNotFound } from './commands.ts';
import type { TaskView } from '../../domain/job/view.ts';
import type { Handler } from '../ask.ts';
import type { Desk } from '../desk.ts';
import type { JobFacts } from '../jobs.ts';

type Work = 'diff' | 'taskDiff' | 'log' | 'turns' | 'turn';

/** What a job and its tasks have made and said, read from the refs. */
export function workRoutes({ jobs }: Desk): { readonly [N in Work]: Handler<N> } {
  async function attemptOf(params: { job_id: string; task_id: string }, wanted: number | undefined) {
    const facts = await jobs.read(params.job_id);
    const task = taskOf(facts, params.task_id);
    const attempt = wanted ?? task.attempts.length;
    if (attempt > task.attempts.length)
      throw new OrchestratorError(
        'task_not_found',
        `Task ${task.outline.taskId} has no attempt ${attempt}; it has had ${task.attempts.length}.`,
      );
    const heads = await attemptHeads(facts.hub, facts.view.jobId, task.outline.taskId, Math.max(1, attempt));
    return { facts, task, attempt, heads };
  }

  return {
    async diff({ params, query, req }) {
      const facts = await jobs.read(params.job_id);
      return diffReply(facts.hub, jobRange(facts), query.format, req);
    },
    async taskDiff({ params, query, req }) {
      const { facts, task, heads } = await attemptOf(params, undefined);
      return diffReply(facts.hub, await taskRange(facts, task, heads.tree), query.format, req);
    },
    async log({ params, query }) {
      const { facts, task, attempt, heads } = await attemptOf(params, query.attempt);
      const entries = heads.talk === null ? [] : await readTalk(facts.hub, heads.talk);
      return {
        status: 200,
        text: logOf(entries, { ...query, taskId: task.outline.taskId, attempt }),
        type: 'text',
      };
    },
    async turns({ params, query }) {
      const { facts, heads } = await attemptOf(params, query.attempt);
      const turns = heads.talk === null ? [] : await withTurns(facts.hub, heads.talk, query.after);
      return json(200, { turns: turns.map(turnToWire) });
    },
    async turn({ params, query }) {
      const { facts, heads } = await attemptOf(params, query.attempt);
      const n = /^[1-9]\d{0,8}$/.test(params.n) ? Number(params.n) : null;
      const turn = n === null || heads.talk === null ? null : await turnOf(facts.hub, heads.talk, n);
      if (turn === null)
        throw new OrchestratorError(
          'turn_not_found',
          `Task ${params.task_id} has no turn "${params.n.slice(0, 20)}".`,
        );
      return json(200, turnDetailToWire(turn));
    },
  };
}

function taskOf({ view }: JobFacts, taskId: string): TaskView {
  const known = taskId === 'plan' || isTaskId(taskId);
  const task = known
    ? [view.planner, ...view.tasks].find(({ outline }) => outline.taskId === taskId)
    : undefined;
  if (task === undefined) throw taskNotFound(view.jobId, taskId);
  return task;
}
