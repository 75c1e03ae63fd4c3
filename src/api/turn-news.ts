import { iso } from '../contract/iso.ts';
import { usd } from '../domain/money.ts';
import type { JobFacts } from './jobs.ts';

/** What a `turn.finished` says. */
export type TurnNews = Readonly<Record<'task_id' | 'at' | 'summary', string>> & {
  readonly attempt: number;
  readonly n: number;
  readonly cost_usd: number;
};

/** Tells from look to look which running attempts have taken another turn; the first look only remembers. */
export function createTurnNews(): (facts: JobFacts) => TurnNews[] {
  const seen = new Map<string, number>();
  let first = true;
  return ({ view, live }) => {
    const news: TurnNews[] = [];
    for (const [taskId, totals] of live) {
      const attempt = attemptOf(view, taskId);
      const known = seen.get(`${taskId}/${attempt}`) ?? 0;
      seen.set(`${taskId}/${attempt}`, totals.turn);
      if (first || totals.turn <= known) continue;
      const { turn, cost, at, activity } = totals;
      news.push({ task_id: taskId, attempt, n: turn, at: iso(at), cost_usd: usd(cost), summary: activity });
    }
    first = false;
    return news;
  };
}

const attemptOf = (view: JobFacts['view'], taskId: string): number =>
  [view.planner, ...view.tasks].find((task) => task.outline.taskId === taskId)?.attempts.length ?? 0;
