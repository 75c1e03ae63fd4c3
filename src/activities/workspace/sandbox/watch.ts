import type { Child } from './child.ts';
import type { SandboxedCommand, StopReason } from './command.ts';
import { watchDisk } from './disk.ts';
import { HOME_INSIDE } from './environment.ts';
import { memoryFilesOf, memoryOf, processTree } from './process-tree.ts';

const EVERY_MS = 250;
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
  const ticks = setInterval(() => {
    const [root = child.pid] = child.first();
    const pids = processTree(root, limits.processes);
    // The first process of a box is not the command's.
    if (pids.length - child.first().length > limits.processes) stop('processes');
    const files = child.ownNamespace ? memoryFilesOf(root, MEMORY_FOLDERS) : 0;
    if (memoryOf(pids, limits.memoryMb - files) + files > limits.memoryMb) stop('memory');
    void isDiskOver().then((over) => over && stop('disk'));
  }, EVERY_MS);
  signal?.addEventListener('abort', abort);
  return () => {
    clearTimeout(timeout);
    clearInterval(ticks);
    signal?.removeEventListener('abort', abort);
  };
}
