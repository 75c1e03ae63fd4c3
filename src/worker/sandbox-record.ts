import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Tells the API, which refuses jobs while no host has a sandbox, what this host's worker found at its start. */
export function recordSandbox(
  hostDir: string,
  opened: { sandbox: { driver: string } } | { sandbox: null; reason: string; remedy: string },
): void {
  const record =
    opened.sandbox === null
      ? { driver: null, reason: `${opened.reason}. ${opened.remedy}` }
      : { driver: opened.sandbox.driver, reason: null };
  mkdirSync(hostDir, { recursive: true });
  writeFileSync(path.join(hostDir, 'sandbox.json'), `${JSON.stringify(record)}\n`);
}
