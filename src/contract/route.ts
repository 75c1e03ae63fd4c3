import type { z } from 'zod';
import type { ErrorCode } from '../domain/errors.ts';
import type { Permission } from '../domain/access.ts';

/** One route of the API, from which the server, the client and the documents are made. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** In the form of OpenAPI: `/orchestrate/{job_id}`. */
  readonly path: `/${string}`;
  readonly summary: string;
  /** Null: needs no token. */
  readonly permission: Permission | null;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Errors beside those that every route can answer. */
  readonly errors: readonly ErrorCode[];
}

/** A body by its media type; JSON with a schema unless another type is named. */
export interface Answer {
  readonly description: string;
  readonly json?: z.ZodType;
  readonly text?: string;
}

/** Errors that any route with a token can answer. */
export const COMMON_ERRORS: readonly ErrorCode[] = [
  'invalid_query',
  'unauthenticated',
  'role_required',
  'wrong_host',
  'rate_limited',
  'internal',
  'engine_unavailable',
  'engine_stuck',
];

/** Errors that any route with a body can answer. */
export const BODY_ERRORS: readonly ErrorCode[] = [
  'invalid_json',
  'body_too_large',
  'unsupported_media_type',
  'invalid_field',
];

/** The names between braces in a path. */
export type PathParams<P extends string> = P extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathParams<Rest>
  : never;

/** The names between braces in a path, in order. */
export const paramsOf = (path: string): string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
