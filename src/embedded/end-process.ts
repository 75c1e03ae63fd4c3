import { processStart } from '../home.ts';

/** SIGTERM, and SIGKILL when the process still runs after `graceMs`. Returns when it is gone. */
export async function endProcess(pid: number, graceMs: number): Promise<void> {
  const began = processStart(pid);
  const gone = () => began === null || processStart(pid) !== began;
  if (gone()) return;
  send(pid, 'SIGTERM');
  for (const until = Date.now() + graceMs; !gone() && Date.now() < until;) await pause();
  if (!gone()) send(pid, 'SIGKILL');
  while (!gone()) await pause();
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
