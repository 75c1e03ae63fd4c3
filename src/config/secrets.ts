import type { Env } from '../home.ts';

/** What must never be printed, logged or handed to a process that runs other people's commands. */
export interface Secrets {
  readonly anthropicApiKey: string | null;
  readonly openaiApiKey: string | null;
  readonly adminToken: string | null;
}

export const SECRET_VARIABLES = {
  anthropicApiKey: ['ANTHROPIC_API_KEY'],
  openaiApiKey: ['OPENAI_API_KEY'],
  adminToken: ['TUTTI_ADMIN_TOKEN', 'ARW_ADMIN_TOKEN'],
} as const satisfies Record<keyof Secrets, readonly string[]>;

/** The first variable of each secret that is set. */
export function readSecrets(env: Env): Secrets {
  const first = (names: readonly string[]) => names.map((name) => env[name]).find((value) => value) ?? null;
  return {
    anthropicApiKey: first(SECRET_VARIABLES.anthropicApiKey),
    openaiApiKey: first(SECRET_VARIABLES.openaiApiKey),
    adminToken: first(SECRET_VARIABLES.adminToken),
  };
}

/** The environment for a process that must hold no keys and no tokens of Tutti, such as the workspace worker. */
export function withoutSecrets(env: Env): Record<string, string | undefined> {
  const hidden = new Set<string>([
    ...Object.values(SECRET_VARIABLES).flat(),
    'TUTTI_TOKEN',
    'ANTHROPIC_AUTH_TOKEN',
  ]);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !hidden.has(name)));
}
