import { statfsSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const MB = 1024 * 1024;
const LOOK_ANYWAY_MS = 30_000;
const LOOK_AGAIN_MS = 2_000;
// File systems stamp files with a clock that lags by up to one tick.
const CLOCK_STEP_MS = 10;

/**
 * Watches what a command adds to a folder. Asking the file system for its free space costs microseconds and is done
 * at every call; the files are only summed when free space fell by half of the limit, and every 30 seconds.
 */
export function watchDisk(folder: string, limitMb: number): () => Promise<boolean> {
  const started = Date.now();
  const freeAtStart = freeMb(folder);
  let lookAnyway = started + LOOK_ANYWAY_MS;
  let lookAgain = started;
  let looking = false;
  return async () => {
    const fell = freeAtStart - freeMb(folder) > limitMb / 2;
    const due = Date.now() >= (fell ? lookAgain : lookAnyway);
    if (!due || looking) return false;
    looking = true;
    const written = await writtenSince(folder, started - CLOCK_STEP_MS, limitMb * MB);
    looking = false;
    lookAgain = Date.now() + LOOK_AGAIN_MS;
    lookAnyway = Date.now() + LOOK_ANYWAY_MS;
    return written > limitMb * MB;
  };
}

/** NaN, which no comparison accepts, when the folder is gone. */
function freeMb(folder: string): number {
  try {
    const { bfree, bsize } = statfsSync(folder);
    return (bfree * bsize) / MB;
  } catch {
    return Number.NaN;
  }
}

/** Bytes on disk of the files below a folder that changed since a moment; stops counting past `enough`. */
async function writtenSince(folder: string, since: number, enough: number): Promise<number> {
  const folders = [folder];
  let bytes = 0;
  for (let next = folders.pop(); next !== undefined && bytes <= enough; next = folders.pop()) {
    const parent = next;
    const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
    const files = entries.filter((entry) => !entry.isDirectory());
    for (const entry of entries) if (entry.isDirectory()) folders.push(join(parent, entry.name));
    const sizes = await Promise.all(files.map((entry) => sizeIfChanged(join(parent, entry.name), since)));
    bytes += sizes.reduce((sum, size) => sum + size, 0);
  }
  return bytes;
}

async function sizeIfChanged(file: string, since: number): Promise<number> {
  const found = await lstat(file).catch(() => null);
  return found === null || found.ctimeMs < since ? 0 : (found.blocks * 512) / found.nlink;
}
