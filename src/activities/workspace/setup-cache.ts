import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Sha } from '../../domain/ids.ts';

/** Names what a setup leaves on a host: by the job's base commit and the setup's text. Null without a setup. */
export function setupKeyOf(baseSha: Sha, setup: readonly string[]): string | null {
  if (setup.length === 0) return null;
  return createHash('sha256')
    .update(JSON.stringify([baseSha, setup]))
    .digest('hex')
    .slice(0, 32);
}

/** The folder with what a finished setup left; it appears when the setup has succeeded. */
export const setupFiles = (hostDir: string, key: string): string => path.join(hostDir, 'setup', key);
