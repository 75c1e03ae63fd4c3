import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { Env } from '../home.ts';

/** The folder that the user called Tutti from: under npm, which runs scripts in Tutti's own folder, `INIT_CWD`. */
export function calledFrom(env: Env, cwd: string): string {
  return env.INIT_CWD && isInside(cwd, ownFolder()) ? path.resolve(env.INIT_CWD) : cwd;
}

/** The root of the git repository that `folder` is in; null: none, or it is Tutti's own checkout. */
export function repositoryAround(folder: string): string | null {
  const root = ancestors(folder).find((place) => existsSync(path.join(place, '.git')));
  return root === undefined || isInside(root, ownFolder()) ? null : root;
}

function ownFolder(): string | null {
  return ancestors(import.meta.dirname).find((place) => existsSync(path.join(place, 'package.json'))) ?? null;
}

function isInside(folder: string, root: string | null): boolean {
  if (root === null || !existsSync(folder)) return false;
  const way = path.relative(realpathSync(root), realpathSync(folder));
  return way === '' || !(way === '..' || way.startsWith(`..${path.sep}`) || path.isAbsolute(way));
}

function ancestors(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...ancestors(parent)];
}
