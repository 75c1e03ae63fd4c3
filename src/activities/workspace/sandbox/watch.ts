import type { Child } from './child.ts';
import type { SandboxedCommand, StopReason } from './command.ts';
import { watchDisk } from './disk.ts';
import { HOME_INSIDE } from './environment.ts';
import { memoryFilesOf, memoryOf, processTree, threadsOfMachine } from './process-tree.ts';

const EVERY_MS = 250;
const CROWD_MS = 25;
const MEMORY_FOLDERS = ['/tmp', HOME_INSIDE, '/dev/shm'];

/** Calls `stop` when a command goes over its time, memory, processes or disk, or is aborted. Returns the end of it. */
export function watchCommand(
  command: SandboxedCommand,
  child: Child,
  stop: (reason: StopReason) => void,
): () => void {
  const { limits, signal } = command;
  const abort = () => stop('aborted');
  const timeout = setTimeout(() => stop('timeout'), limits.seconds * 1_000);
  const isDiskOver = watchDisk(command.workspace, limits.diskMb);
  const look = () => {
    const [root = child.pid] = child.first();
    // The first process of a box is not the command's.
    const pids = processTree(root, limits.processes + 1);
    if (pids.length - child.first().length > limits.processes) return stop('processes');
    const files = child.ownNamespace ? memoryFilesOf(root, MEMORY_FOLDERS) : 0;
    if (memoryOf(pids, limits.memoryMb - files) + files > limits.memoryMb) stop('memory');
    void isDiskOver().then((over) => over && stop('disk'));
  };
  const ticks = setInterval(look, EVERY_MS);
  let calm = threadsOfMachine();
  // Where the kernel does not bound them, a fork bomb has thousands of processes after a quarter of a second.
  const crowds = setInterval(() => {
    const threads = threadsOfMachine();
    if (threads - calm <= limits.processes) return;
    calm = threads;
    look();
  }, CROWD_MS);
  signal?.addEventListener('abort', abort);
  return () => {
    clearTimeout(timeout);
    clearInterval(ticks);
    clearInterval(crowds);
    signal?.removeEventListener('abort', abort);
  };
}
