import { readFileSync } from 'node:fs';

/** A mounted file system of this process's view. */
export interface Mount {
  readonly at: string;
  readonly options: readonly string[];
}

export function readMounts(): Mount[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n');
  return lines.map((line) => {
    const fields = line.split(' ');
    return { at: unescape(fields[4] ?? '/'), options: (fields[5] ?? '').split(',') };
  });
}

/** What is mounted below a folder: a read-only bind of the folder alone would leave these writable. */
export function submountsOf(folder: string, mounts: readonly Mount[]): string[] {
  return mounts.map(({ at }) => at).filter((at) => at.startsWith(`${folder}/`));
}

/** Options that a user namespace may not take away from the mount that holds a path, and must so repeat. */
export function heldOptions(path: string, mounts: readonly Mount[]): string[] {
  const holders = mounts.filter(({ at }) => at === '/' || path === at || path.startsWith(`${at}/`));
  const holder = holders.reduce<Mount | null>(
    (best, next) => (best && best.at.length > next.at.length ? best : next),
    null,
  );
  return ['noexec'].filter((option) => holder?.options.includes(option));
}

const unescape = (path: string) =>
  path.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
