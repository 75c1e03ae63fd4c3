import { createDesk } from './desk.ts';
import { commandRoutes } from './routes/commands.ts';
import { deleteRoute } from './routes/delete.ts';
import { eventsRoute } from './routes/events.ts';
import { jobsRoute } from './routes/jobs.ts';
import { providersRoute } from './routes/providers.ts';
import { serverRoutes } from './routes/server.ts';
import { statusRoutes } from './routes/status.ts';
import { submitRoute } from './routes/submit.ts';
import { workRoutes } from './routes/work.ts';
import type { RouteName } from '../contract/routes.ts';
import type { Handler } from './ask.ts';
import type { Deps } from './deps.ts';

export type Handlers = { readonly [N in RouteName]: Handler<N> };

/** A handler for every route of the table: a row without one does not compile. */
export function createHandlers(deps: Deps): Handlers {
  const desk = createDesk(deps);
  return {
    ...commandRoutes(desk),
    ...deleteRoute(desk),
    ...eventsRoute(desk),
    ...jobsRoute(desk),
    ...providersRoute(desk),
    ...serverRoutes(desk),
    ...statusRoutes(desk),
    ...submitRoute(desk),
    ...workRoutes(desk),
  } satisfies Handlers;
}
