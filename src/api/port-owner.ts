import { execFile } from 'node:child_process';
import { readFile, readdir, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Who listens on a TCP port of this machine, as far as this user may know: "node (pid 42)"; null: unknown. */
export async function portOwner(port: number): Promise<string | null> {
  return process.platform === 'linux' ? ownerByProc(port) : ownerByLsof(port);
}

async function ownerByProc(port: number): Promise<string | null> {
  const inodes = await listeningInodes(port);
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const fds = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const fd of fds) {
      const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
      if (inodes.has(target)) return `${(await readFile(`/proc/${pid}/comm`, 'utf8')).trim()} (pid ${pid})`;
    }
  }
  return null;
}

/** The sockets that listen on the port, as links in `/proc/<pid>/fd` name them. */
async function listeningInodes(port: number): Promise<Set<string>> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const rows = tables.flatMap((table) => table.split('\n').slice(1)).map((row) => row.trim().split(/\s+/));
  const listening = rows.filter((row) => row[1]?.endsWith(wanted) && row[3] === '0A');
  return new Set(listening.map((row) => `socket:[${row[9]}]`));
}

async function ownerByLsof(port: number): Promise<string | null> {
  const args = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'];
  const { stdout } = await promisify(execFile)('lsof', args).catch(() => ({ stdout: '' }));
  const [, pid, name] = /^p(\d+)\nc(.*)$/m.exec(stdout) ?? [];
  return pid === undefined ? null : `${name} (pid ${pid})`;
}
