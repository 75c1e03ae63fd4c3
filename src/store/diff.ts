import type { Sha } from '../domain/ids.ts';
import { git } from './git.ts';
import type { Hub } from './hub.ts';

export interface FileStat {
  /** The new name of a renamed file. */
  readonly path: string;
  /** Lines; null for a binary file. */
  readonly added: number | null;
  readonly removed: number | null;
}

/** A patch for `git apply`, in the bytes of its files, which need not be UTF-8. */
export async function diff(hub: Hub, from: Sha, to: Sha): Promise<Buffer> {
  const args = ['diff-tree', '-r', '-p', '-M', '--binary', '--full-index', ...PLAIN, from, to];
  return (await git(args, { gitDir: hub.dir })).stdout;
}

/** The commits after `from` up to `to` as mails for `git am`. */
export async function mbox(hub: Hub, from: Sha, to: Sha): Promise<Buffer> {
  const args = ['format-patch', '--stdout', '-M', '--binary', '--full-index', '--no-signature', ...PLAIN];
  return (await git([...args, `${from}..${to}`], { gitDir: hub.dir })).stdout;
}

export async function diffStat(hub: Hub, from: Sha, to: Sha): Promise<FileStat[]> {
  const args = ['diff-tree', '-r', '-M', '--numstat', '-z', ...PLAIN, from, to];
  const fields = (await git(args, { gitDir: hub.dir })).stdout.toString().split('\0');
  const stats: FileStat[] = [];
  for (let index = 0; index < fields.length - 1; index++) {
    const [added = '', removed = '', path = ''] = (fields[index] ?? '').split('\t');
    // A rename has an empty path here and its old and new one in the next two fields.
    const name = path === '' ? (fields[(index += 2)] ?? '') : path;
    stats.push({ path: name, added: lines(added), removed: lines(removed) });
  }
  return stats;
}

const PLAIN = ['--no-ext-diff', '--no-textconv', '--no-color'];

const lines = (count: string): number | null => (count === '-' ? null : Number(count));
