/** What a token may be. One token may hold several roles. */
export const ROLES = ['submitter', 'reviewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What can be asked of the API. */
export type Permission = 'read' | 'submit' | 'retry' | 'cancel' | 'delete' | 'decide' | 'budget';

/** Whose jobs a role reaches with a permission. */
export type Reach = 'own' | 'any';

/** Who asks: the name of a token, and the roles that it holds. */
export interface Caller {
  readonly tokenId: string;
  /** The name that jobs are owned by and Idempotency-Keys belong to. */
  readonly subject: string;
  readonly roles: readonly Role[];
}

/** Who may do what. A role that is missing in a row may not. */
export const ACCESS: Readonly<Record<Permission, Readonly<Partial<Record<Role, Reach>>>>> = {
  read: { submitter: 'any', reviewer: 'any', operator: 'any', admin: 'any' },
  submit: { submitter: 'any', operator: 'any', admin: 'any' },
  retry: { submitter: 'own', operator: 'any', admin: 'any' },
  cancel: { submitter: 'own', operator: 'any', admin: 'any' },
  delete: { submitter: 'own', operator: 'own', admin: 'any' },
  decide: { reviewer: 'any', admin: 'any' },
  budget: { operator: 'any', admin: 'any' },
};

/** The widest reach that the caller's roles give, or null when none of them may. */
export function reachOf(caller: Caller, permission: Permission): Reach | null {
  const reaches = caller.roles.map((role) => ACCESS[permission][role]);
  if (reaches.includes('any')) return 'any';
  return reaches.includes('own') ? 'own' : null;
}

/** The roles that may, for an error message. */
export const rolesFor = (permission: Permission): Role[] =>
  ROLES.filter((role) => ACCESS[permission][role] !== undefined);
