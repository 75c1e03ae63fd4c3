import { rm, stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Sha } from '../domain/ids.ts';
import { GitError } from './git.ts';
import type { Hub } from './hub.ts';
import type { Reading } from './session.ts';
import { sessionOf } from './sessions.ts';

export interface RefMove {
  readonly ref: string;
  /** Null deletes. */
  readonly to: Sha | null;
  /** Where the ref must be; null: nowhere. */
  readonly from: Sha | null;
}

/** Carries out the moves in one transaction of git; `read` says where the refs are now, in the same order. */
export async function transact(
  hub: Hub,
  moves: readonly RefMove[],
  read: () => Promise<(Sha | null)[]>,
): Promise<'moved' | 'lost'> {
  const changes = moves.filter((move) => move.to !== null || move.from !== null);
  for (const end = Date.now() + GIVE_UP_MS; ;) {
    const now = await read();
    if (moves.every((move, index) => now[index] === move.to)) return 'moved';
    if (moves.some((move, index) => now[index] !== move.from)) return 'lost';
    try {
      await sessionOf(hub, 'refs').ask(commands(changes), readEnd);
      return 'moved';
    } catch (error) {
      // Git refuses without a code that tells why: the next round looks whether it was the race that we know.
      if (!(error instanceof GitError) || Date.now() > end) throw error;
      const lock = /Unable to create '(.+\.lock)'/.exec(error.stderr)?.[1];
      const killed = error.stderr === '';
      const raced = killed || lock !== undefined || RACES.test(error.stderr);
      if (!raced) throw error;
      if (lock !== undefined) await dropStaleLock(hub, lock);
      await wait(5 + Math.random() * 20);
    }
  }
}

const GIVE_UP_MS = 20_000;
/** A transaction holds its locks for about a millisecond: one this old lost its process to a kill. */
const STALE_MS = 10_000;
const RACES = /but expected|already exists|unable to resolve reference/;
const NOWHERE = '0'.repeat(40);

function commands(moves: readonly RefMove[]): string {
  const lines = moves.map((move) =>
    move.to === null
      ? `delete ${move.ref} ${move.from ?? ''}`
      : `update ${move.ref} ${move.to} ${move.from ?? NOWHERE}`,
  );
  return ['start', ...lines, 'prepare', 'commit', ''].join('\n');
}

function readEnd(output: Buffer): Reading<null> {
  return output.toString('latin1').endsWith('commit: ok\n')
    ? { value: null }
    : { atLeast: output.length + 1 };
}

async function dropStaleLock(hub: Hub, lock: string): Promise<void> {
  if (!lock.startsWith(`${hub.dir}/`)) return;
  const facts = await stat(lock).catch(() => null);
  if (facts !== null && Date.now() - facts.mtimeMs > STALE_MS) await rm(lock, { force: true });
}
