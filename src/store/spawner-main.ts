// The helper of spawner.ts: a process so small that starting others from it costs nothing.
import process from 'node:process';
import { runHere } from './run-here.ts';
import type { RunRequest } from './run-here.ts';
import type { SpawnerAnswer, SpawnerOrder } from './spawner.ts';

const running = new Map<number, AbortController>();

process.on('message', (order: SpawnerOrder) => {
  if (order.kind === 'run') start(order.id, order.request);
  else running.get(order.id)?.abort();
});
// What still runs is left to finish: half a write of git helps nobody.
process.once('disconnect', () => process.exit(0));

function start(id: number, request: Omit<RunRequest, 'signal'>): void {
  const ending = new AbortController();
  running.set(id, ending);
  const answer = (what: SpawnerAnswer): void => {
    running.delete(id);
    if (process.connected) process.send?.(what);
  };
  void runHere({ ...request, signal: ending.signal }).then(
    (result) => answer({ id, result }),
    (error: NodeJS.ErrnoException) => answer({ id, failure: { message: error.message, code: error.code } }),
  );
}
