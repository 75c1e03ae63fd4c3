import { existsSync, mkdirSync, openSync, readFileSync, readdirSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';

/** A step under way on this host, and the process that works on it. */
export interface InflightStep {
  readonly file: string;
  /** By which anyone can end the step; null: the process was idle here. */
  readonly taskToken: Uint8Array | null;
  readonly pid: number;
  /** The process's start time, which tells it from a later one of the same pid. */
  readonly started: string;
}

/**
 * Writes the token of every step into `dir` while it runs. A worker that is killed leaves them, and the next one fails
 * them at once instead of waiting for their heartbeats to run out. A place is a file that the next step uses again:
 * to make and remove one for each step would cost a hundred times as much.
 */
export function recordInflight(
  dir: string,
  process: { pid: number; started: string },
): ActivityInterceptorsFactory {
  mkdirSync(dir, { recursive: true });
  const free: number[] = [];
  let places = 0;
  const openPlace = (): number => openSync(path.join(dir, `${process.pid}-${(places += 1)}`), 'w');
  const write = (place: number, token: string): unknown =>
    writeSync(place, `${JSON.stringify({ ...process, token })}\n`, 0);
  return (context) => ({
    inbound: {
      async execute(input, next) {
        const place = free.pop() ?? openPlace();
        write(place, Buffer.from(context.info.taskToken).toString('base64'));
        try {
          return await next(input);
        } finally {
          write(place, '');
          free.push(place);
        }
      },
    },
  });
}

/** Places of processes that are gone: `isAlive` tells by pid and start time. */
export function leftInflight(
  dir: string,
  isAlive: (process: { pid: number; started: string }) => boolean,
): InflightStep[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .map((name) => readPlace(path.join(dir, name)))
    .filter((place) => place !== null)
    .filter((place) => !isAlive(place));
}

/**
 * Its first line counts; what follows is the end of a longer one before it. Null: a process has just made it, or the
 * machine went down over it.
 */
function readPlace(file: string): InflightStep | null {
  const [line = ''] = readFileSync(file, 'utf8').split('\n');
  if (!line.startsWith('{')) return null;
  const { token, ...process } = JSON.parse(line) as { pid: number; started: string; token: string };
  return { file, ...process, taskToken: token === '' ? null : Buffer.from(token, 'base64') };
}
