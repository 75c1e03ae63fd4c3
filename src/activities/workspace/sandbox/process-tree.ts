import { readdirSync, readFileSync, statfsSync } from 'node:fs';

/** A process by its id and the moment it started, which no later process with that id shares. */
export interface ProcessMark {
  readonly pid: number;
  /** Clock ticks since boot (field 22 of `/proc/<pid>/stat`). */
  readonly started: string;
}

/** Null when there is no such process; a zombie counts as gone. */
export function markProcess(pid: number): ProcessMark | null {
  const stat = read(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets, and may hold spaces and brackets itself.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  const [state, started] = [fields[0], fields[19]];
  return started === undefined || state === 'Z' || state === 'X' ? null : { pid, started };
}

export const isAlive = (mark: ProcessMark) => markProcess(mark.pid)?.started === mark.started;

/**
 * The process and everything below it, read from the kernel's lists of children. In a pid namespace that is all of
 * it, daemons included: an orphan there becomes a child of the namespace's first process. Stops past `most`.
 */
export function processTree(root: number, most: number): number[] {
  const found = [root];
  for (let at = 0; at < found.length && found.length <= most; at += 1) {
    const tasks = `/proc/${found[at]}/task`;
    for (const thread of list(tasks)) {
      const children = read(`${tasks}/${thread}/children`)?.split(' ') ?? [];
      for (const child of children) if (child !== '') found.push(Number(child));
    }
  }
  return found;
}

/** Threads on the whole machine, which the kernel keeps count of: cheap to ask, and a crowd shows in it at once. */
export function threadsOfMachine(): number {
  return Number(/\/(\d+) /.exec(read('/proc/loadavg') ?? '')?.[1] ?? 0);
}

/**
 * Megabytes that these processes hold and nothing else could drop: anonymous and shared memory. Pages that several
 * share are counted for each, so past `limit` the proportional sum is taken instead, which costs more to read.
 */
export function memoryOf(pids: readonly number[], limit: number): number {
  const counted = sum(pids, 'status', /^(?:RssAnon|RssShmem):\s+(\d+)/gm);
  if (counted <= limit) return counted;
  const shared = sum(pids, 'smaps_rollup', /^(?:Pss_Anon|Pss_Shmem):\s+(\d+)/gm);
  return shared === 0 ? counted : shared;
}

/** Megabytes in memory file systems of the box whose first process is `init`; 0 when they cannot be seen. */
export function memoryFilesOf(init: number, folders: readonly string[]): number {
  let megabytes = 0;
  for (const folder of folders) {
    try {
      const { type, blocks, bfree, bsize } = statfsSync(`/proc/${init}/root${folder}`);
      if (type === TMPFS) megabytes += ((blocks - bfree) * bsize) / MB;
    } catch {
      continue;
    }
  }
  return megabytes;
}

const TMPFS = 0x01021994;
const MB = 1024 * 1024;

function sum(pids: readonly number[], file: string, pattern: RegExp): number {
  let kilobytes = 0;
  for (const pid of pids) {
    for (const match of (read(`/proc/${pid}/${file}`) ?? '').matchAll(pattern)) kilobytes += Number(match[1]);
  }
  return kilobytes / 1024;
}

// Synchronous: a file of /proc is answered by the kernel in microseconds, a thread's round trip takes longer.
function read(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
