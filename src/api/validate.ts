import { z } from 'zod';
import { OrchestratorError } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';
import type { FieldError } from '../domain/errors.ts';

type Issue = z.core.$ZodIssue;

/** The body as its schema reads it. Throws `invalid_field` with a pointer to every field at fault. */
export function parseBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const errors = nulErrors(body, '');
  const result = schema.safeParse(body);
  if (!result.success) errors.push(...result.error.issues.flatMap((issue) => fieldErrors(schema, issue, [])));
  if (result.success && errors.length === 0) return result.data;
  throw new OrchestratorError('invalid_field', summary(errors), { errors });
}

/** The query as its schema reads it. Throws `invalid_query`. */
export function parseQuery<S extends z.ZodType>(schema: S, query: unknown): z.output<S> {
  const result = schema.safeParse(query);
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap((issue) => fieldErrors(schema, issue, []));
  const detail = errors.map(({ pointer, detail }) => `${pointer.slice(1)}: ${detail}`).join('; ');
  throw new OrchestratorError('invalid_query', `The query is not valid: ${detail}.`);
}

/** A JSON pointer (RFC 6901). */
export const pointerTo = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

function fieldErrors(schema: z.ZodType, issue: Issue, above: readonly PropertyKey[]): FieldError[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path);
    return issue.keys.map((key) => ({
      pointer: pointerTo([...path, key]),
      detail: unknownField(key, known),
    }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const closest = issue.errors.find((branch) => !branch.some(isWrongType)) ?? issue.errors[0] ?? [];
    if (!closest.some(isWrongType)) return closest.flatMap((inner) => fieldErrors(schema, inner, path));
  }
  return [{ pointer: pointerTo(path), detail: plain(issue.message) }];
}

const isWrongType = (issue: Issue): boolean => issue.code === 'invalid_type' && issue.path.length === 0;

function unknownField(key: string, known: readonly string[]): string {
  const close = nearest(key, known);
  return close === null ? 'is not a known field' : `is not a known field; did you mean "${close}"?`;
}

/** The fields of the object at `path` of a schema. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let places = alternatives(schema);
  for (const part of path)
    places = places.flatMap((place) => {
      if (place instanceof z.ZodObject) {
        const inner = (place.shape as Record<string, z.ZodType>)[String(part)];
        return inner === undefined ? [] : alternatives(inner);
      }
      return place instanceof z.ZodArray ? alternatives(place.element as z.ZodType) : [];
    });
  return places.flatMap((place) => (place instanceof z.ZodObject ? Object.keys(place.shape as object) : []));
}

/** The schema without what only says that it may be absent; all members of a union. */
function alternatives(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return alternatives(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodUnion)
    return (schema.options as z.ZodType[]).flatMap((option) => alternatives(option));
  return [schema];
}

/** No program, file or commit can carry a NUL. */
function nulErrors(value: unknown, pointer: string): FieldError[] {
  if (typeof value === 'string')
    return value.includes('\0') ? [{ pointer, detail: 'must not contain the character NUL' }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => nulErrors(inner, pointer + pointerTo([key])));
}

const plain = (message: string): string => message.charAt(0).toLowerCase() + message.slice(1);

const summary = (errors: readonly FieldError[]): string =>
  errors
    .slice(0, 5)
    .map(({ pointer, detail }) => `${pointer === '' ? 'The body' : pointer} ${detail}`)
    .join('; ') + (errors.length > 5 ? `; and ${errors.length - 5} more` : '.');
