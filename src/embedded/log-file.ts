import { closeSync, fstatSync, mkdirSync, openSync, renameSync } from 'node:fs';
import path from 'node:path';

const MOST_BYTES = 20_000_000;

/** Opens a log to append to and returns its descriptor; one over 20 MB is first put aside as `<file>.1`. */
export function openLog(file: string): number {
  mkdirSync(path.dirname(file), { recursive: true });
  const log = openSync(file, 'a', 0o600);
  if (fstatSync(log).size < MOST_BYTES) return log;
  closeSync(log);
  renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}
