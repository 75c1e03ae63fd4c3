import { OrchestratorError } from '../domain/errors.ts';

/** Throws `wrong_host` unless the Host header names this machine or one of `hosts`: a page elsewhere that resolves its name to us must not get in. */
export function checkHost(header: string | undefined, hosts: readonly string[]): void {
  const name = hostOf(header ?? '');
  if (name !== null && (isLoopbackName(name) || hosts.includes(name))) return;
  throw new OrchestratorError(
    'wrong_host',
    `This server is not "${(header ?? '').slice(0, 100)}". Call it by a loopback name, or set public_url (TUTTI_PUBLIC_URL) to the name that it is called by.`,
  );
}

const isLoopbackName = (name: string): boolean =>
  name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name);

/** The name without the port, in lower case; null when it is not a host. */
function hostOf(header: string): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(header);
  return match?.[1]?.toLowerCase().replace(/\.$/, '') ?? null;
}
