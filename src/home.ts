import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** Tutti's home folder: `TUTTI_HOME`, else `~/.tutti`. Always absolute. */
export function tuttiHome(env: Env): string {
  return path.resolve(env.TUTTI_HOME || path.join(env.HOME || homedir(), '.tutti'));
}

export type Env = Readonly<Record<string, string | undefined>>;

/** Where everything in Tutti's home is. */
export const homePaths = (root: string) => ({
  root,
  config: path.join(root, 'tutti.yaml'),
  tokens: path.join(root, 'tokens.json'),
  /** The token that clients of this home send; mode 0600. */
  token: path.join(root, 'token'),
  /** The embedded server's database and the binary that was downloaded or built. */
  temporal: path.join(root, 'temporal'),
  hubs: path.join(root, 'hubs'),
  hosts: path.join(root, 'hosts'),
  repositories: path.join(root, 'repositories'),
  logs: path.join(root, 'logs'),
  server: path.join(root, 'server.json'),
});

export type Home = ReturnType<typeof homePaths>;

/** The server that a home belongs to: its process by pid and start time, so that a reused pid does not count. */
export interface ServerRecord {
  readonly url: string;
  readonly pid: number;
  readonly startedAt: string;
}

export interface HomeClaim {
  /** Records another url, for example once the port is known. */
  update(url: string): void;
  /** Gives the home back. Safe to call twice. */
  release(): void;
}

/** Makes this process (or `pid`) the one server of `home`. Throws an Error that names the server already there. */
export function claimHome(home: Home, { url, pid = process.pid }: { url: string; pid?: number }): HomeClaim {
  mkdirSync(home.root, { recursive: true, mode: 0o700 });
  const startedAt = processStart(pid) ?? '';
  const draft = `${home.server}.${pid}.new`;
  const write = (url: string) =>
    writeFileSync(draft, JSON.stringify({ url, pid, startedAt } satisfies ServerRecord), { mode: 0o600 });
  write(url);
  try {
    while (!isLinked(draft, home.server)) removeIfStale(home, `${home.server}.${pid}.old`);
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    update(url) {
      write(url);
      renameSync(draft, home.server);
    },
    release() {
      const now = readRecord(home.server);
      if (now?.pid === pid && now.startedAt === startedAt) rmSync(home.server, { force: true });
    },
  };
}

/** The url of the server that runs from `home`, or null when none does. */
export function readServer(home: Home): ServerRecord | null {
  const record = readRecord(home.server);
  return record !== null && isAlive(record) ? record : null;
}

/** When a process began, as an opaque text that differs between two processes of the same pid; null: none. */
export function processStart(pid: number): string | null {
  if (process.platform !== 'linux') return startByPs(pid);
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return null;
    return `${fields[18]}@${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`;
  } catch {
    return null;
  }
}

/** Whether the process that a record tells of still runs. */
export const isAlive = (record: { pid: number; startedAt: string }) =>
  processStart(record.pid) === record.startedAt;

/** A hard link appears with its content and fails when the name is taken. */
function isLinked(draft: string, target: string): boolean {
  try {
    linkSync(draft, target);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves the record aside before judging it: of two processes that find it stale only one gets it. */
function removeIfStale(home: Home, aside: string): void {
  refuseIfAlive(home, readRecord(home.server));
  try {
    renameSync(home.server, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = readRecord(aside);
  if (moved !== null && isAlive(moved)) isLinked(aside, home.server);
  rmSync(aside, { force: true });
  refuseIfAlive(home, moved);
}

function refuseIfAlive(home: Home, record: ServerRecord | null): void {
  if (record === null || !isAlive(record)) return;
  throw new Error(
    `${home.root} already has a server: ${record.url} (pid ${record.pid}). ` +
      `Use that one, stop it with "kill ${record.pid}", or set TUTTI_HOME to another folder.`,
  );
}

function readRecord(file: string): ServerRecord | null {
  try {
    const record = JSON.parse(readFileSync(file, 'utf8')) as Partial<ServerRecord> | null;
    const { url, pid, startedAt } = record ?? {};
    return typeof url === 'string' && typeof pid === 'number' && typeof startedAt === 'string'
      ? { url, pid, startedAt }
      : null;
  } catch {
    return null;
  }
}

function startByPs(pid: number): string | null {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}
