import { FINAL_STATES } from '../../domain/job/state.ts';
import { OrchestratorError } from '../../domain/errors.ts';
import { wireState } from '../../contract/to-wire.ts';
import { jobRefs } from '../../store/attempt-refs.ts';
import { readDocuments } from '../../store/documents.ts';
import { createTurnNews } from '../turn-news.ts';
import { eventText, openStream } from '../event-stream.ts';
import { statusOf } from '../show.ts';
import type { JobEvent } from '../../domain/job/state.ts';
import type { Handler } from '../ask.ts';
import type { Desk } from '../desk.ts';
import type { JobFacts } from '../jobs.ts';

/** The events of a job as a stream: those that were missed, then what happens, up to the final one. */
export function eventsRoute(desk: Desk): { readonly events: Handler<'events'> } {
  return {
    async events({ params, query, req, res, signal }) {
      const after = lastEventId(req.get('last-event-id')) ?? query.after ?? 0;
      let facts = await desk.jobs.read(params.job_id);
      if (facts.closed !== null && after >= facts.view.lastEvent) return { status: 204 };
      const stream = openStream(res, signal);
      const turns = createTurnNews();
      let last = after;
      turns(facts);
      while (!signal.aborted) {
        if (facts.view.lastEvent > last) {
          const events = await eventsAfter(desk, facts, last);
          if (events[0]?.seq === last + 1) events.forEach((event) => stream.send(numbered(event)));
          else stream.send(reset(desk, facts));
          last = Math.max(facts.view.lastEvent, events.at(-1)?.seq ?? 0);
        }
        turns(facts).forEach((turn) =>
          stream.send(eventText({ id: null, type: 'turn.finished', data: turn })),
        );
        if (isOver(facts)) break;
        const next = await desk.watch.next(facts.view.jobId).catch(() => null);
        if (next === null) break;
        facts = next;
      }
      stream.end();
      return 'written';
    },
  };
}

/** The events after a number, those that the job no longer holds from the hub. */
async function eventsAfter(desk: Desk, facts: JobFacts, after: number): Promise<readonly JobEvent[]> {
  const held = await heldEvents(desk, facts, after);
  const oldest = held[0]?.seq ?? facts.view.lastEvent + 1;
  if (oldest === after + 1) return held;
  const saved = await readDocuments(facts.hub, jobRefs(facts.view.jobId).events);
  const older = saved.flatMap(({ value }) => value as JobEvent[]);
  return [...older.filter((event) => event.seq > after && event.seq < oldest), ...held];
}

async function heldEvents(
  desk: Desk,
  { view, closed }: JobFacts,
  after: number,
): Promise<readonly JobEvent[]> {
  const open = closed === null ? await desk.gateway.events(view.jobId, after) : null;
  if (open !== null) return open.events;
  const job = closed ?? (await desk.jobs.read(view.jobId)).closed;
  return job?.events.recent.filter((event) => event.seq > after) ?? [];
}

const numbered = ({ seq, at, type, data }: JobEvent): string =>
  eventText({ id: seq, type, data: { at: new Date(at).toISOString(), ...data } });

/** For a reader who is behind the oldest event that is kept: the whole status instead. */
const reset = (desk: Desk, facts: JobFacts): string =>
  eventText({
    id: null,
    type: 'reset',
    data: { ...statusOf(facts, desk.settings.temporalUi), last_event: facts.view.lastEvent },
  });

const isOver = ({ view }: JobFacts): boolean => FINAL_STATES.some((state) => state === wireState(view));

/** Throws `invalid_query` for an id that no event of ours has. */
function lastEventId(header: string | undefined): number | null {
  if (header === undefined || header === '') return null;
  if (/^\d{1,15}$/.test(header)) return Number(header);
  throw new OrchestratorError('invalid_query', 'Last-Event-ID is not the id of an event of a job.');
}
