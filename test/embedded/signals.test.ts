import { setImmediate as turn } from 'node:timers/promises';
import { onStopSignals } from '../../src/embedded/signals.ts';

test('the first signal stops, an echo of it counts once, a later one kills', async () => {
  const calls: string[] = [];
  const release = onStopSignals(
    () => calls.push('stop'),
    () => calls.push('kill'),
  );
  try {
    process.emit('SIGINT', 'SIGINT');
    process.emit('SIGTERM', 'SIGTERM');
    expect(calls).toEqual(['stop']);
    const began = Date.now();
    while (calls.length === 1) {
      await turn();
      process.emit('SIGINT', 'SIGINT');
    }
    expect(calls).toEqual(['stop', 'kill']);
    expect(Date.now() - began).toBeGreaterThanOrEqual(90);
  } finally {
    release();
  }
  expect(process.listenerCount('SIGTERM')).toBe(0);
});
