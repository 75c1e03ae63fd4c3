import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { git } from '../git.ts';
import type { Config } from '../../config.ts';
import type { Finding } from './finding.ts';
import type { Io } from '../io.ts';

const NODE = [20, 19] as const;
const GIT = [2, 38] as const;

export function checkNode(version: string): Finding {
  const is = isAtLeast(version, NODE) ? 'ok' : 'fail';
  return {
    is,
    what: 'Node',
    says: version,
    ...(is === 'fail' && { remedy: `install Node ${NODE.join('.')} or newer` }),
  };
}

export async function checkGit(io: Pick<Io, 'env' | 'cwd'>): Promise<Finding> {
  const remedy = `install git ${GIT.join('.')} or newer`;
  const says = await git(io, ['--version'], { cwd: io.cwd }).catch(() => null);
  if (says === null) return { is: 'fail', what: 'git', says: 'not found on PATH', remedy };
  const version = /\d+\.\d+(\.\d+)?/.exec(says)?.[0] ?? '0.0';
  return isAtLeast(version, GIT)
    ? { is: 'ok', what: 'git', says: version }
    : { is: 'fail', what: 'git', says: version, remedy };
}

/** Home, or the nearest folder above it that exists, must be ours to write; a job needs some room there. */
export function checkHome({ home }: Pick<Config, 'home'>): Finding {
  let folder = home.root;
  while (!existsSync(folder)) folder = path.dirname(folder);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch {
    const remedy = `make ${folder} writable for this user, or set TUTTI_HOME to another folder`;
    return { is: 'fail', what: 'home', says: `${home.root} cannot be written`, remedy };
  }
  const { bavail, bsize } = statfsSync(folder);
  const free = (bavail * bsize) / 2 ** 30;
  const says = `${home.root} (${free.toFixed(0)} GB free)`;
  if (free >= 2) return { is: 'ok', what: 'home', says };
  return { is: 'warn', what: 'home', says, remedy: 'make room, or set TUTTI_HOME to another disk' };
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [given = 0, givenMinor = 0] = version.split('.').map(Number);
  return given > major || (given === major && givenMinor >= minor);
}
