import type { z } from 'zod';
import type { Request, Response } from 'express';
import type { Grant } from './auth.ts';
import type { PathParams, Route } from '../contract/route.ts';
import type { RouteName, Routes } from '../contract/routes.ts';

type QueryOf<R extends Route> = R extends { query: infer Q extends z.ZodObject } ? z.output<Q> : undefined;
type BodyOf<R extends Route> = R extends { body: infer B extends z.ZodType } ? z.output<B> : undefined;
type GrantOf<R extends Route> = R extends { permission: null } ? null : Grant;

/** A request that has passed the door: its sender is known, its query and body are what the table says. */
export interface Ask<N extends RouteName> {
  readonly grant: GrantOf<Routes[N]>;
  readonly params: { readonly [P in PathParams<Routes[N]['path']>]: string };
  readonly query: QueryOf<Routes[N]>;
  readonly body: BodyOf<Routes[N]>;
  /** Idempotency-Key, or null. */
  readonly key: string | null;
  /** Aborts when the client has gone away. */
  readonly signal: AbortSignal;
  readonly req: Request;
  readonly res: Response;
}

export type Reply =
  | { readonly status: number; readonly json: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly status: number; readonly text: string | Buffer; readonly type: string }
  | { readonly status: 204 }
  /** The handler has written the response itself. */
  | 'written';

export type Handler<N extends RouteName> = (ask: Ask<N>) => Promise<Reply>;

export const json = (status: number, body: unknown, headers?: Readonly<Record<string, string>>): Reply => ({
  status,
  json: body,
  ...(headers && { headers }),
});
