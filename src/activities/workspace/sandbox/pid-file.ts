import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { isAlive, markProcess } from './process-tree.ts';
import type { ProcessMark } from './process-tree.ts';

/** Writes one line `<pid> <start time>` for each process; the first leads the command's process group. */
export function recordProcesses(file: string, pids: readonly number[]): void {
  const marks = pids.map(mark).filter((found) => found !== null);
  writeFileSync(file, marks.map(({ pid, started }) => `${pid} ${started}\n`).join(''));
}

export function removeRecord(file: string): void {
  rmSync(file, { force: true });
}

/**
 * Kills what a pid file names (the process group and, of a box, its namespace), provided that pid and start time
 * still match, waits until it is gone, and removes the file. False when nothing of it was alive.
 */
export async function killRecorded(pidFile: string): Promise<boolean> {
  const alive = readRecord(pidFile).filter(isStill);
  for (const { pid } of alive) {
    kill(-pid);
    kill(pid);
  }
  const patience = Date.now() + 10_000;
  while (alive.some(isStill) && Date.now() < patience) await wait(2);
  removeRecord(pidFile);
  return alive.length > 0;
}

function readRecord(file: string): ProcessMark[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return [...text.matchAll(/^(\d+) (.+)$/gm)].map(([, pid, started]) => ({
    pid: Number(pid),
    started: started ?? '',
  }));
}

const isStill = (was: ProcessMark) =>
  process.platform === 'linux' ? isAlive(was) : mark(was.pid)?.started === was.started;

function mark(pid: number): ProcessMark | null {
  if (process.platform === 'linux') return markProcess(pid);
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return started === '' ? null : { pid, started };
  } catch {
    return null;
  }
}

/** A negative id means the whole group. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
