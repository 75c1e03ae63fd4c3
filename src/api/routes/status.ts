import { FINAL_STATES, OPEN_STATES } from '../../domain/job/state.ts';
import { OrchestratorError } from '../../domain/errors.ts';
import { nearest } from '../../domain/nearest.ts';
import { wireState } from '../../contract/to-wire.ts';
import { json } from '../ask.ts';
import { planOf, statusOf } from '../show.ts';
import { watchUntil } from '../watch.ts';
import type { Ask, Handler, Reply } from '../ask.ts';
import type { Desk } from '../desk.ts';
import type { JobFacts } from '../jobs.ts';

const STATES: readonly string[] = [...OPEN_STATES, ...FINAL_STATES];
const LONGEST_WAIT_S = 55;

/** What a job is doing, and its plan. */
export function statusRoutes(desk: Desk): {
  readonly job: Handler<'job'>;
  readonly status: Handler<'status'>;
  readonly plan: Handler<'plan'>;
} {
  const show = async ({ params, query, signal }: Ask<'status'>): Promise<Reply> => {
    const { until, wait_s: waitSeconds } = query;
    const states = until === undefined ? [] : statesOf(until, 'until');
    const first = await desk.jobs.read(params.job_id);
    const seconds = waitSeconds ?? (until === undefined ? 0 : LONGEST_WAIT_S);
    const done = (facts: JobFacts): boolean =>
      states.includes(wireState(facts.view)) || isFinished(facts) || waitsForPerson(facts);
    const facts = await watchUntil(desk.watch, first, done, { ms: seconds * 1_000, signal });
    return json(200, statusOf(facts, desk.settings.temporalUi));
  };
  return {
    job: show,
    status: show,
    async plan({ params }) {
      const facts = await desk.jobs.read(params.job_id);
      const plan = planOf(facts);
      if (plan !== null) return json(200, plan);
      const { state } = facts.view;
      throw new OrchestratorError(
        'plan_not_ready',
        state === 'planning' ? 'The job is still being planned.' : `The job is ${state} and has no plan.`,
        { state, ...(state === 'planning' && { retryAfterSeconds: 5 }) },
      );
    },
  };
}

/** The states that a query names. Throws `invalid_query`. */
export function statesOf(list: string, field: string): string[] {
  return list.split(',').map((word) => {
    const state = word.trim();
    if (STATES.includes(state)) return state;
    const close = nearest(state, STATES);
    throw new OrchestratorError(
      'invalid_query',
      `The query is not valid: ${field}: "${state}" is not a state of a job${close === null ? '' : `; did you mean "${close}"?`}`,
    );
  });
}

const isFinished = ({ view }: JobFacts): boolean => FINAL_STATES.some((state) => state === wireState(view));

const waitsForPerson = ({ view }: JobFacts): boolean =>
  view.state === 'awaiting_approval' || view.state === 'needs_attention';
