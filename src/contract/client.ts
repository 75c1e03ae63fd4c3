import { ApiError, apiError } from './api-error.ts';
import { readEvents } from './client-events.ts';
import { ROUTES } from './routes.ts';
import { paramsOf } from './route.ts';
import type { z } from 'zod';
import type { Answer, PathParams, Route } from './route.ts';
import type { RouteName, Routes } from './routes.ts';
import type { WireEvent } from './events.ts';

export interface ClientOptions {
  /** Where the server is, such as `http://127.0.0.1:8700`. */
  readonly url: string;
  readonly token: string | null;
  readonly fetch?: typeof fetch;
}

/** What any call may carry besides its own fields. */
export interface CallOptions {
  /** Idempotency-Key: a repetition with the same key has the same effect once. */
  readonly key?: string | undefined;
  /** `Prefer: respond-async`: submit answers 202 at once. */
  readonly respondAsync?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

type QueryOf<R extends Route> = R extends { query: infer Q extends z.ZodObject } ? z.input<Q> : unknown;
type BodyOf<R extends Route> = R extends { body: infer B extends z.ZodType }
  ? IsOptional<z.input<B>> extends true
    ? { readonly body?: z.input<B> }
    : { readonly body: z.input<B> }
  : unknown;
/** Whether a body may be left out: it has no field that it needs. */
type IsOptional<T> = string extends keyof T ? true : Partial<T> extends T ? true : false;
type JsonOf<A> = A extends { text: string }
  ? string
  : A extends { json: infer S extends z.ZodType }
    ? z.output<S>
    : string;

/** Path parameters and query fields by their wire names, the body as `body`. */
export type Input<N extends RouteName> = {
  readonly [P in PathParams<Routes[N]['path']>]: string | number;
} & QueryOf<Routes[N]> &
  BodyOf<Routes[N]> &
  CallOptions;

/** JSON for routes that answer JSON first; text (a diff, a log) for the others. */
export type Output<N extends RouteName> = JsonOf<Routes[N]['answers'][keyof Routes[N]['answers']]>;

type Call<N extends RouteName> =
  object extends Input<N>
    ? (input?: Input<N>) => Promise<Output<N>>
    : (input: Input<N>) => Promise<Output<N>>;

export type Client = { readonly [N in Exclude<RouteName, 'events'>]: Call<N> } & {
  /** Follows a job until its final event; a broken connection is taken up again after the last event. */
  readonly events: (input: {
    job_id: string;
    after?: number;
    signal?: AbortSignal;
  }) => AsyncIterable<WireEvent>;
};

/** A client with one method per route of the table. Errors are `ApiError`. */
export function createClient(options: ClientOptions): Client {
  const calls = Object.entries(ROUTES).map(([name, route]) => [
    name,
    (input: Record<string, unknown> = {}) => call(options, route, input),
  ]);
  return {
    ...Object.fromEntries(calls),
    events: ({ job_id, after, signal }: { job_id: string; after?: number; signal?: AbortSignal }) =>
      readEvents(
        (last, abort) => send(options, ROUTES.events, { job_id, after: last ?? after, signal: abort }),
        signal,
      ),
  } as Client;
}

async function call(options: ClientOptions, route: Route, input: Record<string, unknown>): Promise<unknown> {
  const response = await send(options, route, input);
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return isJson ? response.json() : response.text();
}

async function send(options: ClientOptions, route: Route, input: Record<string, unknown>): Promise<Response> {
  const { body, key, respondAsync, signal, ...fields } = input;
  const headers: Record<string, string> = { accept: acceptOf(route) };
  if (options.token !== null) headers['authorization'] = `Bearer ${options.token}`;
  if (route.body !== undefined) headers['content-type'] = 'application/json';
  if (typeof key === 'string') headers['idempotency-key'] = key;
  if (respondAsync === true) headers['prefer'] = 'respond-async';
  const url = new URL(urlOf(route, fields), options.url);
  const request: RequestInit = { method: route.method, headers };
  if (route.body !== undefined) request.body = JSON.stringify(body ?? {});
  if (signal instanceof AbortSignal) request.signal = signal;
  let response: Response;
  try {
    response = await (options.fetch ?? fetch)(url, request);
  } catch (cause) {
    if (signal instanceof AbortSignal && signal.aborted) throw cause;
    const detail = `No Tutti server answers at ${options.url}. Start one with "npm start" (tutti up), or name another with TUTTI_URL.`;
    throw new ApiError({ status: 0, code: 'unreachable', detail }, null, cause);
  }
  if (!response.ok) throw await apiError(response);
  return response;
}

function urlOf(route: Route, fields: Record<string, unknown>): string {
  const names = paramsOf(route.path);
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(fields[name])),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    if (!names.includes(name) && (typeof value === 'string' || typeof value === 'number'))
      query.set(name, `${value}`);
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

function acceptOf(route: Route): string {
  const answers: Answer[] = Object.values(route.answers);
  return answers[0]?.text ?? 'application/json';
}
