import type { Box } from './box.ts';
import type { SandboxedCommand } from './command.ts';

/** Bytes that each memory file system of a box may hold: they are memory, and files as well. */
export function sizeOf({ limits }: SandboxedCommand): string {
  return String(Math.min(limits.memoryMb, limits.diskMb) * 1024 * 1024);
}

/** What a box of namespaces keeps apart, said for `doctor`. */
export function describeBox(by: string, box: Box): string[] {
  const root = process.getuid?.() === 0;
  return [
    `Commands run in namespaces of their own, built by ${by}: files, processes, network, users, host name, IPC.`,
    'Hard: they see the workspace (writable, at /workspace), the system and the toolchains (read-only), an empty home and an empty /tmp in memory, and nothing else of this machine; they get no capabilities and a clean environment.',
    'Hard: no network, unless a command is granted it; then it shares the network of this machine, its loopback services included.',
    'Hard: time, output, the size of a single file, the size of /tmp and home, priority (nice 19), and that nothing of a command outlives it.',
    `${root ? 'Watched (Tutti runs as root, whom the kernel does not limit)' : 'Hard'}: the number of processes.`,
    'Watched every 250 ms and stopped when over: memory of all its processes, and what it adds to the workspace (by free space; its files are summed when that falls, and every 30 s).',
    'Absent: a limit on processor time, and on memory that the kernel holds for a command (pipes, unmapped memory files); neither has a cgroup.',
    `Toolchains shown read-only besides /usr: ${box.toolchains.length === 0 ? 'none' : box.toolchains.join(', ')}.`,
  ];
}
