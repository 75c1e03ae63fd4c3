import { OrchestratorError } from '../domain/errors.ts';
import { reachOf, rolesFor } from '../domain/access.ts';
import type { Caller, Permission, Reach } from '../domain/access.ts';

/** Proof that a caller may do something, and to whose jobs. Only `authorize` makes one. */
export interface Grant {
  readonly caller: Caller;
  readonly permission: Permission;
  readonly reach: Reach;
}

/** Who sent a request, by its `Authorization: Bearer` header. Throws `unauthenticated`. */
export function authenticate(header: string | undefined, read: (token: string) => Caller | null): Caller {
  const token = /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1];
  if (token === undefined)
    throw new OrchestratorError(
      'unauthenticated',
      'The request carries no token: send "Authorization: Bearer TOKEN". The token of this server\'s user lies in its home, in the file "token".',
    );
  const caller = read(token);
  if (caller === null)
    throw new OrchestratorError(
      'unauthenticated',
      'The token is unknown, expired or revoked. "tutti token list" shows those that are valid.',
    );
  return caller;
}

/** Throws `role_required` unless one of the caller's roles gives the permission. */
export function authorize(caller: Caller, permission: Permission): Grant {
  const reach = reachOf(caller, permission);
  if (reach !== null) return { caller, permission, reach };
  throw new OrchestratorError(
    'role_required',
    `"${caller.subject}" has the role ${caller.roles.join(', ') || 'none'}; this needs ${rolesFor(permission).join(' or ')}.`,
  );
}

/** Throws `role_required` when the grant reaches the caller's own jobs only, and this is another's. */
export function checkOwner(grant: Grant, owner: string): void {
  if (grant.reach === 'any' || owner === grant.caller.subject) return;
  throw new OrchestratorError(
    'role_required',
    `The job belongs to "${owner}"; "${grant.caller.subject}" may do this to its own jobs only.`,
  );
}
