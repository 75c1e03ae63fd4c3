import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transformSync } from '@swc/core';
import { supervise } from '../../src/embedded/supervisor.ts';
import { processStart } from '../../src/home.ts';
import type { ChildLine, SuperviseOptions, Supervisor } from '../../src/embedded/supervisor.ts';

const CHILD = path.join(import.meta.dirname, 'children/child.mjs');

test('all are ready, a killed one is started again at once, and a stop leaves nobody', () =>
  withSupervisor(
    [child('api', 'serves'), child('worker', 'serves')],
    {},
    async ({ supervisor, seen, logs }) => {
      await supervisor.ready;
      const before = supervisor.pids();
      expect(Object.keys(before)).toEqual(['api', 'worker']);
      const killed = Date.now();
      process.kill(before.worker ?? 0, 'SIGKILL');
      await seen(
        (lines) =>
          lines.filter((line) => line.line.startsWith('serves') && line.name === 'worker').length === 2,
      );
      expect(Date.now() - killed).toBeLessThan(2_000);
      const after = supervisor.pids();
      expect(after.api).toBe(before.api);
      expect(after.worker).not.toBe(before.worker);
      await supervisor.stop();
      for (const pid of [...Object.values(before), ...Object.values(after)])
        expect(processStart(pid)).toBeNull();
      const log = readFileSync(path.join(logs, 'worker.log'), 'utf8');
      expect(log).toMatch(
        new RegExp(`serves ${before.worker}\\n.*worker ended \\(SIGKILL\\); started again at once\\n`),
      );
    },
  ));

test('one is started again although a process of its own outlives it and holds its output', () =>
  withSupervisor([child('worker', 'leaves-one-behind')], {}, async ({ supervisor, seen }) => {
    let left: number[] = [];
    try {
      await seen((lines) => {
        left = lines.flatMap(({ line }) => /^left (\d+)/.exec(line)?.[1] ?? []).map(Number);
        return left.length >= 2;
      });
      expect(left.map((pid) => processStart(pid) !== null)).toEqual(left.map(() => true));
    } finally {
      await supervisor.kill();
      for (const pid of left) process.kill(pid, 'SIGKILL');
    }
  }));

test('one that does not stop is killed after the grace, and at once when asked', () =>
  withSupervisor([child('api', 'stubborn')], { graceMs: 200 }, async ({ supervisor, seen }) => {
    await supervisor.ready;
    const { api } = supervisor.pids();
    const began = Date.now();
    await supervisor.stop();
    expect(Date.now() - began).toBeGreaterThanOrEqual(190);
    expect(processStart(api ?? 0)).toBeNull();
    await seen((lines) => lines.some((line) => line.line === 'not yet'));
  }));

test('a kill in the middle of a stop does not wait for the grace', () =>
  withSupervisor([child('api', 'stubborn')], { graceMs: 60_000 }, async ({ supervisor, seen }) => {
    await supervisor.ready;
    const stopping = supervisor.stop();
    await seen((lines) => lines.some((line) => line.line === 'not yet'));
    await supervisor.kill();
    await stopping;
    expect(supervisor.pids()).toEqual({});
  }));

test('one that dies at every start is told, with growing pauses, and its words are in its log', () =>
  withSupervisor([child('api', 'dies')], {}, async ({ supervisor, seen, logs }) => {
    await expect(supervisor.ready).rejects.toThrow(/api does not start \(exit code 3\); see .*api\.log/);
    await seen((lines) => lines.filter((line) => line.stream === 'supervisor').length >= 3);
    const said = readFileSync(path.join(logs, 'api.log'), 'utf8');
    expect(said).toMatch(/at once[\s\S]*in 1 s[\s\S]*in 2 s/);
    expect(said).toMatch(/stderr: cannot read the plan/);
    await supervisor.stop();
  }));

test('an abort stops all, and a child gets its own arguments, environment and folder alone', () =>
  withFolder(async (cwd) => {
    const abort = new AbortController();
    const spec = {
      name: 'api',
      argv: [CHILD, 'environment', 'two words'] as const,
      env: { COLOUR: 'red' },
      cwd,
    };
    await withSupervisor([spec], { signal: abort.signal }, async ({ supervisor, seen }) => {
      await seen((lines) => lines.some((line) => line.line === JSON.stringify(['two words', 'red', cwd])));
      abort.abort();
      await supervisor.stopped;
      expect(supervisor.pids()).toEqual({});
    });
  }));

test('a child is told when its supervisor is gone', () =>
  withFolder(async (folder) => {
    const source = readFileSync(
      path.resolve(import.meta.dirname, '../../src/embedded/supervised.ts'),
      'utf8',
    );
    const { code } = transformSync(source, { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } });
    writeFileSync(path.join(folder, 'supervised.mjs'), code);
    const script = path.join(folder, 'orphan.mjs');
    writeFileSync(
      script,
      `import { reportReady, whenOrphaned } from './supervised.mjs';\n` +
        'whenOrphaned(() => process.exit(7));\nreportReady();\nsetInterval(() => {}, 60_000);\n',
    );
    const orphan = fork(script, { detached: true, execArgv: [] });
    expect(await once(orphan, 'message')).toEqual([{ ready: true }, undefined]);
    orphan.disconnect();
    expect(await once(orphan, 'exit')).toEqual([7, null]);
  }));

const child = (name: string, mode: string) => ({ name, argv: [CHILD, mode] as const, env: {} });

interface Supervised {
  readonly supervisor: Supervisor;
  readonly logs: string;
  /** Resolves when the lines so far satisfy the condition. */
  readonly seen: (condition: (lines: readonly ChildLine[]) => boolean) => Promise<void>;
}

function withSupervisor(
  children: SuperviseOptions['children'],
  options: Partial<SuperviseOptions>,
  use: (supervised: Supervised) => Promise<void>,
): Promise<void> {
  return withFolder(async (logs) => {
    const lines: ChildLine[] = [];
    const waiting = new Set<() => void>();
    const onLine = (line: ChildLine) => {
      lines.push(line);
      waiting.forEach((check) => check());
    };
    const seen: Supervised['seen'] = (condition) =>
      new Promise((resolve) => {
        const check = () => {
          if (!condition(lines)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      });
    const supervisor = supervise({ children, logs, onLine, ...options });
    try {
      await use({ supervisor, logs, seen });
    } finally {
      await supervisor.kill();
    }
  });
}

async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'tutti-supervisor-')));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
