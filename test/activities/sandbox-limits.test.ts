import { plainCommands } from '../../src/activities/workspace/sandbox/plain.ts';
import type { Sandbox } from '../../src/activities/workspace/sandbox/sandbox.ts';
import { describeEachDriver, isRunning, LIMITS, PATH, shell } from '../support/sandbox-drivers.ts';

await describeEachDriver((sandbox) => {
  limitTests(sandbox);

  test('memory files count as memory, and are bounded', async () => {
    const limits = { ...LIMITS, memoryMb: 100 };
    const full = await shell(sandbox, 'head -c 150M /dev/zero > /tmp/large; stat -c %s /tmp/large', {
      limits,
    });
    expect(full.stopped === 'memory' || full.output.includes('No space left')).toBe(true);
    const both = 'for at in /tmp "$HOME" /dev/shm; do head -c 60M /dev/zero > $at/large; done; sleep 10';
    expect((await shell(sandbox, both, { limits })).stopped).toBe('memory');
  });

  test('daemons that detach in every way are gone when the command has ended', async () => {
    const script = `setsid sleep 4712.5 >/dev/null 2>&1 </dev/null &
      (nohup setsid sh -c 'trap "" TERM HUP; env -i sleep 4712.5' >/dev/null 2>&1 &) ; exit 3`;
    expect(await shell(sandbox, script)).toMatchObject({ exitCode: 3, stopped: null });
    expect(await isRunning('4712.5')).toBe(false);
  });

  test('a fork bomb is held and leaves nothing', async () => {
    const limits = { ...LIMITS, seconds: 3, processes: 64 };
    const bomb = 'bomb() { sleep 4713.5 & bomb | bomb & }; bomb; sleep 10';
    const { exitCode, stopped } = await shell(sandbox, bomb, { limits });
    expect(exitCode === null ? ['processes', 'timeout'] : [null]).toContain(stopped);
    expect(await isRunning('4713.5')).toBe(false);
  });
});

describe('a command without a sandbox', () => {
  const sandbox = plainCommands({ path: PATH });
  limitTests(sandbox);

  test('gets a clean environment and an empty home', async () => {
    process.env.TUTTI_CANARY = 'SECRET';
    const { output } = await shell(sandbox, 'env; ls -A "$HOME"; echo "$HOME"');
    delete process.env.TUTTI_CANARY;
    expect(output).not.toContain('SECRET');
    expect(output).toMatch(/\n\/.*tutti-home-\w+\n$/);
  });

  test('too many processes stop it', async () => {
    const limits = { ...LIMITS, processes: 20 };
    const script = 'for i in $(seq 40); do sleep 30 & done; wait';
    expect((await shell(sandbox, script, { limits })).stopped).toBe('processes');
  });

  test('a daemon that keeps its environment is gone when the command has ended', async () => {
    const result = await shell(sandbox, 'setsid sleep 4714.5 & exit 3');
    expect(result).toMatchObject({ exitCode: 3, stopped: null });
    expect(await isRunning('4714.5')).toBe(false);
  });
});

function limitTests(sandbox: Sandbox): void {
  const within = (limits: Partial<typeof LIMITS>) => ({ limits: { ...LIMITS, ...limits } });

  test('a command over its time is asked to end, and may say something', async () => {
    const script = 'trap "echo bye; exit 0" TERM; echo up; sleep 20 & wait';
    const result = await shell(sandbox, script, within({ seconds: 0.3 }));
    expect(result).toMatchObject({ stopped: 'timeout', exitCode: null, output: 'up\nbye\n' });
    expect(result.durationMs).toBeGreaterThanOrEqual(300);
    expect(result.durationMs).toBeLessThan(1_500);
  });

  test('a command that ignores the request is killed two seconds later', async () => {
    const script = `trap '' TERM; sh -c 'trap "" TERM; while :; do sleep 4715.5; done'`;
    const result = await shell(sandbox, script, within({ seconds: 0.2 }));
    expect(result.stopped).toBe('timeout');
    expect(result.durationMs).toBeGreaterThanOrEqual(2_100);
    expect(result.durationMs).toBeLessThan(4_000);
    expect(await isRunning('4715.5')).toBe(false);
  });

  test('an abort stops it, before its start too', async () => {
    const abort = new AbortController();
    const running = shell(sandbox, 'echo up; sleep 4716.5', {
      signal: abort.signal,
      onOutput: () => abort.abort(),
    });
    expect(await running).toMatchObject({ stopped: 'aborted', exitCode: null });
    expect(await isRunning('4716.5')).toBe(false);
    const never = await shell(sandbox, 'echo never', { signal: AbortSignal.abort() });
    expect(never).toMatchObject({ stopped: 'aborted', output: '' });
  });

  test('an abort in the first moments stops it as well', async () => {
    for (const delay of [0, 2, 5, 10, 20]) {
      const result = await shell(sandbox, 'sleep 4717.5', { signal: AbortSignal.timeout(delay) });
      expect(result.stopped).toBe('aborted');
      expect(result.durationMs).toBeLessThan(1_500);
    }
    expect(await isRunning('4717.5')).toBe(false);
  });

  test('too much memory stops it', async () => {
    const hog = `node -e "const kept = []; setInterval(() => kept.push(Buffer.alloc(2e7, 1)), 5)"`;
    expect((await shell(sandbox, hog, within({ memoryMb: 300 }))).stopped).toBe('memory');
  });

  test('too much in the workspace stops it', async () => {
    const script = 'for i in $(seq 30); do head -c 8M /dev/zero > file$i; done; sleep 20';
    expect((await shell(sandbox, script, within({ diskMb: 40 }))).stopped).toBe('disk');
  });

  test('a single file cannot grow past the limit', async () => {
    const { output } = await shell(sandbox, 'head -c 20M /dev/zero > f; stat -c %s f', within({ diskMb: 8 }));
    expect(output).toMatch(/8388608\n$/);
  });

  test('a flood of output keeps head and tail, and is stopped at 64 MiB', async () => {
    const before = process.memoryUsage().rss;
    const flood = await shell(sandbox, 'echo first; yes flood | head -c 1G; echo last');
    expect(flood.stopped).toBe('output');
    expect(flood.outputTotal).toBeLessThan(70 * 1024 * 1024);
    expect(Buffer.byteLength(flood.output)).toBeLessThanOrEqual(LIMITS.outputBytes);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
    const long = await shell(sandbox, 'echo first; yes flood | head -c 9M; echo last');
    expect(long).toMatchObject({ stopped: null, exitCode: 0, outputTotal: 9 * 1024 * 1024 + 11 });
    expect(long.output).toMatch(/^first\nflood\n[^]*bytes of output are not shown[^]*last\n$/);
  });
}
