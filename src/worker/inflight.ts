import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';

/** A step under way on this host: the token by which anyone can end it, and the process that works on it. */
export interface InflightStep {
  readonly file: string;
  readonly taskToken: Uint8Array;
  readonly pid: number;
  /** The process's start time, which tells it from a later one of the same pid. */
  readonly started: string;
}

/**
 * Writes the token of every step into `dir` while it runs. A worker that is killed leaves them, and the next one fails
 * them at once instead of waiting for their heartbeats to run out.
 */
export function recordInflight(
  dir: string,
  process: { pid: number; started: string },
): ActivityInterceptorsFactory {
  mkdirSync(dir, { recursive: true });
  return (context) => ({
    inbound: {
      async execute(input, next) {
        const token = Buffer.from(context.info.taskToken);
        const file = path.join(dir, `${token.toString('hex').slice(-40)}-${context.info.activityId}`);
        writeFileSync(file, JSON.stringify({ ...process, token: token.toString('base64') }));
        try {
          return await next(input);
        } finally {
          rmSync(file, { force: true });
        }
      },
    },
  });
}

/** Steps whose process is gone: `isAlive` tells by pid and start time. */
export function leftInflight(
  dir: string,
  isAlive: (process: { pid: number; started: string }) => boolean,
): InflightStep[] {
  return readdirSync(dir)
    .map((name) => path.join(dir, name))
    .map((file) => {
      const { pid, started, token } = JSON.parse(readFileSync(file, 'utf8')) as Record<
        'started' | 'token',
        string
      > & {
        pid: number;
      };
      return { file, pid, started, taskToken: Buffer.from(token, 'base64') };
    })
    .filter((step) => !isAlive(step));
}
