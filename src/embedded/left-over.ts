import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive, processStart } from '../home.ts';
import { endProcess } from './end-process.ts';
import type { Home } from '../home.ts';

/** Remembers which process holds the database, so that the next start can end it if this one is killed. */
export function rememberServer(home: Home, pid: number): void {
  writeFileSync(recordFile(home), JSON.stringify({ pid, startedAt: processStart(pid) ?? '' }));
}

export const forgetServer = (home: Home) => rmSync(recordFile(home), { force: true });

/** Ends the server that a killed Tutti of this home left behind. True when there was one. */
export async function endLeftOver(home: Home, graceMs: number): Promise<boolean> {
  let record: { pid: number; startedAt: string };
  try {
    record = JSON.parse(readFileSync(recordFile(home), 'utf8')) as typeof record;
  } catch {
    return false;
  }
  const left = isAlive(record);
  if (left) await endProcess(record.pid, graceMs);
  forgetServer(home);
  return left;
}

const recordFile = (home: Home) => path.join(home.temporal, 'server.json');
