import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { SandboxState } from './deps.ts';

/**
 * What the hosts' workers said of their sandboxes when they started, in `<hosts>/<host>/sandbox.json`. Null as long as
 * one has a sandbox, or none has said anything.
 */
export async function sandboxState(hostsDir: string): Promise<SandboxState> {
  const hosts = await readdir(hostsDir).catch(() => []);
  const records = (await Promise.all(hosts.map((host) => recordOf(hostsDir, host)))).filter(
    (one) => one !== null,
  );
  const [first] = records;
  if (first === undefined || records.some((record) => record.driver !== null)) return null;
  return { reason: `No sandbox works on this machine, and none was asked for. ${first.reason ?? ''}`.trim() };
}

interface SandboxRecord {
  readonly driver: string | null;
  readonly reason: string | null;
}

async function recordOf(hostsDir: string, host: string): Promise<SandboxRecord | null> {
  const text = await readFile(path.join(hostsDir, host, 'sandbox.json'), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as SandboxRecord);
}
