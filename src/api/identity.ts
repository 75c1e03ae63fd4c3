import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { OrchestratorError } from '../domain/errors.ts';
import { jobIdFrom } from '../domain/ids.ts';
import type { Caller } from '../domain/access.ts';
import type { Commander } from '../domain/job/commands.ts';
import type { JobId } from '../domain/ids.ts';

/** The header Idempotency-Key, or null. Throws `invalid_field`. */
export function idempotencyKey(header: string | undefined): string | null {
  if (header === undefined) return null;
  if (/^[\x20-\x7e]{1,255}$/.test(header)) return header;
  throw new OrchestratorError('invalid_field', 'Idempotency-Key needs 1 to 255 printable ASCII characters.');
}

/** The same for the same subject and key, random without a key. */
export const newJobId = (caller: Caller, key: string | null): JobId =>
  jobIdFrom(key === null ? randomBytes(6) : digest([caller.subject, key]));

/** Who commands, and how a repetition of the command is known. */
export const commanderOf = (caller: Caller, key: string | null, request: unknown): Commander => ({
  by: caller.subject,
  key: key === null ? null : hex([caller.subject, key]),
  hash: requestHash(request),
});

/** Differs between requests that share a key, so that the job, not Temporal, judges the second one. */
export const updateIdOf = (commander: Commander): string =>
  commander.key === null ? randomUUID() : hex([commander.key, commander.hash]);

/** SHA-256 of a request whatever the order of its fields. */
export const requestHash = (request: unknown): string => hex([canonical(request)]);

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}

const digest = (parts: readonly string[]): Buffer => createHash('sha256').update(parts.join('\0')).digest();
const hex = (parts: readonly string[]): string => digest(parts).toString('hex');
