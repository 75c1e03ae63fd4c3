import { readFileSync, readdirSync } from 'node:fs';

/**
 * Milliseconds of processor time that everything below this process has used so far: server, workers, helpers and
 * commands, ended ones included once their parents have taken note. Null where there is no `/proc`.
 */
export function processorTime(): number | null {
  if (process.platform !== 'linux') return null;
  const all = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => statOf(Number(name)) ?? [])
      .map((stat) => [stat.pid, stat]),
  );
  const below = (pid: number): boolean => {
    const parent = all.get(pid)?.parent ?? 0;
    return parent === process.pid || (parent > 1 && below(parent));
  };
  let ticks = 0;
  for (const { pid, used } of all.values()) if (below(pid)) ticks += used;
  return ticks * MS_PER_TICK;
}

/** The kernel tells it in hundredths of a second on every Linux that Node runs on. */
const MS_PER_TICK = 10;

function statOf(pid: number): { pid: number; parent: number; used: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const used = fields.slice(11, 15).reduce((total, ticks) => total + ticks, 0);
    return { pid, parent: fields[1] ?? 0, used };
  } catch {
    return null;
  }
}
