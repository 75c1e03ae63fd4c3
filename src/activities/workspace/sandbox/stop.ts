import { setTimeout as wait } from 'node:timers/promises';
import type { Child } from './child.ts';
import { isAlive, markProcess, processTree } from './process-tree.ts';

const MOST = 10_000;

/** Asks every process of a command to end; false when there is none yet, or it cannot be asked. */
export function signalInside(child: Child): boolean {
  if (!child.ownNamespace) return send(-child.pid, 'SIGTERM');
  const inside = child.first().flatMap((first) => processTree(first, MOST).slice(1));
  return inside.filter((pid) => send(pid, 'SIGTERM')).length > 0;
}

/** Ends a process group at once. Of a box that is its outer process, and the kernel ends the rest with it. */
export function killGroup(pid: number): void {
  send(-pid, 'SIGKILL');
}

/**
 * Ends the box of an ended command and waits for it. The kernel ends the first process last, so nothing of the command
 * is alive then: without this a daemon could still write into the workspace, and a box whose outer process was killed
 * before it had asked the kernel to die with its parent would go on.
 */
export async function endBox(child: Child): Promise<void> {
  const marks = child.first().flatMap((pid) => markProcess(pid) ?? []);
  const patience = Date.now() + 5_000;
  for (const { pid } of marks) send(pid, 'SIGKILL');
  while (marks.some(isAlive) && Date.now() < patience) await wait(1);
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
