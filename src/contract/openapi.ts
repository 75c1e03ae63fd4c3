import { createDocument } from 'zod-openapi';
import { z } from 'zod';
import { ERRORS } from '../domain/errors.ts';
import { rolesFor } from '../domain/access.ts';
import { jobId, taskId } from './fields.ts';
import { PROBLEM_TYPE, problem } from './problem.ts';
import { BODY_ERRORS, COMMON_ERRORS, paramsOf } from './route.ts';
import { ROUTES } from './routes.ts';
import type {
  ZodOpenApiOperationObject,
  ZodOpenApiPathsObject,
  ZodOpenApiResponsesObject,
} from 'zod-openapi';
import type { ErrorCode } from '../domain/errors.ts';
import type { Route } from './route.ts';

/** The OpenAPI 3.1 document of the route table. */
export function openApiDocument(version: string): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {};
  for (const [name, route] of Object.entries(ROUTES) as [string, Route][]) {
    const item = (paths[route.path] ??= {});
    item[route.method.toLowerCase() as Lowercase<Route['method']>] = operation(name, route);
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Tutti',
      version,
      description:
        'Specs in, merged and checked code out. Every error is an RFC 9457 problem document with a stable code.',
    },
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    paths,
  });
}

/** Every error that a route can answer, sorted by status. */
export function errorsOf(route: Route): ErrorCode[] {
  if (route.permission === null)
    return [...new Set<ErrorCode>([...route.errors, 'wrong_host', 'rate_limited'])];
  const codes = [...COMMON_ERRORS, ...(route.body === undefined ? [] : BODY_ERRORS), ...route.errors];
  return [...new Set(codes)].sort((a, b) => ERRORS[a].status - ERRORS[b].status);
}

function operation(name: string, route: Route): ZodOpenApiOperationObject {
  const params = paramsOf(route.path);
  const header = headersOf(route);
  return {
    operationId: name,
    summary: route.summary,
    ...(route.permission === null
      ? { security: [] }
      : { description: `Needs the role ${rolesFor(route.permission).join(', ')}.` }),
    requestParams: {
      ...(params.length > 0 && {
        path: z.object(Object.fromEntries(params.map((param) => [param, PARAMS[param] ?? z.string()]))),
      }),
      ...(route.query && { query: route.query }),
      ...(header && { header }),
    },
    ...(route.body && {
      requestBody: {
        required: !route.body.safeParse({}).success,
        content: { 'application/json': { schema: route.body } },
      },
    }),
    responses: responsesOf(route),
  };
}

const PARAMS: Readonly<Record<string, z.ZodType>> = {
  job_id: jobId,
  task_id: taskId,
  n: z.int().min(1).meta({ description: 'The number of the turn' }),
};

function headersOf(route: Route): z.ZodObject | undefined {
  if (route.path === ROUTES.events.path)
    return z.object({
      'Last-Event-ID': z.string().optional().meta({ description: 'Resumes after this event' }),
    });
  if (route.method === 'GET') return undefined;
  return z.object({
    'Idempotency-Key': z
      .string()
      .min(1)
      .max(255)
      .optional()
      .meta({ description: 'A repetition with the same key takes effect once' }),
    ...(route.path === ROUTES.submit.path && {
      Prefer: z.string().optional().meta({ description: 'respond-async: 202 at once' }),
    }),
  });
}

function responsesOf(route: Route): ZodOpenApiResponsesObject {
  const responses: Record<string, ZodOpenApiResponsesObject['200']> = {};
  for (const [status, { description, json, text }] of Object.entries(route.answers))
    responses[status] = {
      description,
      ...((json ?? text) !== undefined && {
        content: {
          ...(text !== undefined && { [text]: { schema: z.string() } }),
          ...(json && { 'application/json': { schema: json } }),
        },
      }),
    };
  for (const code of errorsOf(route)) {
    const before = responses[`${ERRORS[code].status}`]?.description;
    responses[`${ERRORS[code].status}`] = {
      description: before === undefined ? code : `${before}, ${code}`,
      content: { [PROBLEM_TYPE]: { schema: problem } },
    };
  }
  return responses as ZodOpenApiResponsesObject;
}
