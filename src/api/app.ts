import express from 'express';
import helmet from 'helmet';
import { rateLimit } from 'express-rate-limit';
import { pinoHttp } from 'pino-http';
import { noQuery } from '../contract/queries.ts';
import { ROUTES } from '../contract/routes.ts';
import { OrchestratorError } from '../domain/errors.ts';
import { authenticate, authorize } from './auth.ts';
import { checkHost } from './host.ts';
import { idempotencyKey } from './identity.ts';
import { problemHandler } from './problems.ts';
import { createHandlers } from './handlers.ts';
import { serveDocs } from './docs.ts';
import { parseBody, parseQuery } from './validate.ts';
import type { Express, Request, RequestHandler, Response } from 'express';
import type { Ask, Handler, Reply } from './ask.ts';
import type { Deps } from './deps.ts';
import type { Caller } from '../domain/access.ts';
import type { Route } from '../contract/route.ts';
import type { RouteName } from '../contract/routes.ts';

const REQUESTS_PER_MINUTE = 1_200;
const MAX_BODY = '1mb';

/** The API as an Express application that does not listen. */
export function createApp(deps: Deps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.use(pinoHttp({ logger: deps.log, serializers: LOGGED }));
  app.use(helmet({ contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } } }));
  app.use((req, _res, next) => {
    checkHost(req.headers.host, deps.settings.hosts);
    next();
  });
  serveDocs(app);

  const caller = callerOf(deps);
  const limit = limiter();
  const body = express.json({ limit: MAX_BODY, strict: false, type: 'application/json' });
  const handlers = createHandlers(deps);
  for (const name of Object.keys(ROUTES) as RouteName[]) {
    const route: Route = ROUTES[name];
    const path = route.path.replace(/\{(\w+)\}/g, ':$1');
    const guards: RequestHandler[] = route.permission === null ? [] : [caller, limit];
    if (route.body !== undefined) guards.push(needsJson, body);
    const handle = serve(route, handlers[name] as Handler<never>);
    app.route(path)[METHODS[route.method]](...guards, handle);
  }
  app.use(nothingHere);
  app.use(problemHandler(deps.log));
  return app;
}

const METHODS = { GET: 'get', POST: 'post', PATCH: 'patch', DELETE: 'delete' } as const;

/** Nothing of a request that could hold a secret. */
const LOGGED = {
  req: ({ id, method, url }: { id: unknown; method: string; url: string }) => ({ id, method, url }),
  res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
};

/** Keeps who sent the request in `res.locals`, where only this file looks. */
const callerOf =
  (deps: Deps): RequestHandler =>
  (req, res, next) => {
    res.locals['caller'] = authenticate(req.headers.authorization, deps.callerOf);
    next();
  };

const limiter = (): RequestHandler =>
  rateLimit({
    windowMs: 60_000,
    limit: REQUESTS_PER_MINUTE,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: (_req, res) => (res.locals['caller'] as Caller).tokenId,
    handler: () => {
      throw new OrchestratorError(
        'rate_limited',
        `More than ${REQUESTS_PER_MINUTE} requests in a minute with one token.`,
        { retryAfterSeconds: 60 },
      );
    },
  });

const needsJson: RequestHandler = (req, _res, next) => {
  const hasBody =
    Number(req.headers['content-length'] ?? 0) > 0 || req.headers['transfer-encoding'] !== undefined;
  if (!hasBody || req.is('application/json') !== false) return next();
  throw new OrchestratorError(
    'unsupported_media_type',
    'The body must be sent with "Content-Type: application/json".',
  );
};

function serve(route: Route, handler: Handler<never>): (req: Request, res: Response) => Promise<void> {
  return async (req, res) => {
    const caller = res.locals['caller'] as Caller;
    const gone = new AbortController();
    res.on('close', () => gone.abort());
    const ask = {
      grant: route.permission === null ? null : authorize(caller, route.permission),
      params: req.params,
      query: parseQuery(route.query ?? noQuery, req.query),
      body: route.body === undefined ? undefined : parseBody(route.body, req.body ?? {}),
      key: idempotencyKey(req.get('idempotency-key')),
      signal: gone.signal,
      req,
      res,
    };
    write(res, await handler(ask as unknown as Ask<never>));
  };
}

function write(res: Response, reply: Reply): void {
  if (reply === 'written') return;
  res.status(reply.status);
  if ('json' in reply) res.set(reply.headers ?? {}).json(reply.json);
  else if ('text' in reply) res.type(reply.type).send(reply.text);
  else res.end();
}

const nothingHere: RequestHandler = (req, res) => {
  const methods = Object.values(ROUTES)
    .filter((route) => new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}/?$`).test(req.path))
    .map((route) => route.method);
  const allowed = [...new Set<string>(methods)].join(', ');
  if (allowed === '')
    throw new OrchestratorError('not_found', `There is no route ${req.path.slice(0, 200)}; /docs shows all.`);
  res.setHeader('Allow', allowed);
  throw new OrchestratorError('method_not_allowed', `${req.method} is not possible here, only ${allowed}.`);
};
