import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { PROGRAM, until } from '../support/server.ts';
import { temporalBinary } from '../support/temporal.ts';
import type { ChildProcess } from 'node:child_process';

const RUN_MS = 120_000;

test(
  'the demo takes a job from its spec through a failed check and a retry to merged work, and leaves nothing',
  () =>
    withDemo({}, async ({ child, stdout, stderr, ended, left }) => {
      expect(await ended()).toBe(0);
      const told = stderr().replaceAll(/\s+/g, ' ');
      expect(told).toContain("The model's side is a recording");
      expect(told).toContain('The demo approves it for you');
      expect(told).toMatch(/t2 "Read CSV" has failed.*fixtures\/orders\.csv: row 3 is not as expected/);
      expect(told).toMatch(/POST …\/task\/t2\/retry feedback: A quoted cell may go over several lines/);
      expect(told).toContain('The merged work passes its checks'.toLowerCase());
      expect(stdout()).toMatch(/^diff --git a\/bin\/tidy-table\.js b\/bin\/tidy-table\.js$/m);
      expect(stdout()).toMatch(/^ completed . 6 of 6 tasks/m);
      expect(stdout()).toMatch(/^ Criteria 6 met$/m);
      expect(stdout()).toMatch(/^ Spent \$0\.\d\d of \$5\.00$/m);
      expect(stdout()).toMatch(/^ ✔ npm test$/m);
      expect(await left()).toEqual({ files: [], processes: [] });
      expect(child.killed).toBe(false);
    }),
  RUN_MS,
);

test(
  'Ctrl-C in the middle of the demo stops all of it and removes what it made',
  () =>
    withDemo({}, async ({ child, stderr, ended, left }) => {
      await until(
        () => stderr().includes('t1 Align columns of numbers to the right: begins'),
        'the first task',
      );
      child.kill('SIGINT');
      expect(await ended()).toBe(130);
      expect(stderr()).toContain('The demo was stopped and has removed what it made.');
      expect(await left()).toEqual({ files: [], processes: [] });
    }),
  RUN_MS,
);

test(
  'where no sandbox works the demo says so, runs what it ships without one, and passes',
  () =>
    withDemo({ broken: ['bwrap', 'unshare', 'sandbox-exec'] }, async ({ stderr, ended, left }) => {
      expect(await ended()).toBe(0);
      expect(stderr().replaceAll(/\s+/g, ' ')).toMatch(
        /No sandbox works on this machine.*runs only commands that Tutti ships/,
      );
      expect(await left()).toEqual({ files: [], processes: [] });
    }),
  RUN_MS,
);

test('a real model needs a key, and a sandbox', async () => {
  const real = ['--provider', 'anthropic'];
  await withDemo({ args: real }, async ({ stderr, ended }) => {
    expect(await ended()).toBe(1);
    expect(stderr()).toContain('set ANTHROPIC_API_KEY');
  });
  const broken = ['bwrap', 'unshare', 'sandbox-exec'];
  const env = { ANTHROPIC_API_KEY: 'a-key', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' };
  await withDemo({ args: real, broken, env }, async ({ stderr, ended, left }) => {
    expect(await ended()).toBe(1);
    expect(stderr()).toContain('this costs money: at most $1.00');
    expect(stderr()).toContain('Commands of a real model are not run without one');
    expect(await left()).toEqual({ files: [], processes: [] });
  });
});

interface Demo {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The exit code. */
  ended(): Promise<number | null>;
  /** What the demo has left behind. */
  left(): Promise<{ files: string[]; processes: string[] }>;
}

interface DemoRun {
  readonly args?: readonly string[];
  /** Programs that exit with 1 instead of doing anything. */
  readonly broken?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** `tutti demo` as a process of its own that keeps everything temporary in one folder. */
async function withDemo({ args = [], broken = [], env = {} }: DemoRun, use: (demo: Demo) => Promise<void>) {
  const dir = await realpath(await mkdtemp(path.join(tmpdir(), 'tutti-demo-test-')));
  const [temporary, programs] = [path.join(dir, 'tmp'), path.join(dir, 'bin')];
  await Promise.all([mkdir(temporary), mkdir(programs)]);
  for (const name of broken) {
    await writeFile(path.join(programs, name), '#!/bin/sh\nexit 1\n');
    await chmod(path.join(programs, name), 0o755);
  }
  const search = [programs, path.dirname(await temporalBinary()), process.env['PATH']].join(path.delimiter);
  const child = spawn(process.execPath, [PROGRAM, 'demo', ...args], {
    cwd: dir,
    env: { PATH: search, HOME: homedir(), TUTTI_HOME: path.join(dir, 'home'), TMPDIR: temporary, ...env },
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  try {
    await use({
      child,
      stdout: () => stdout,
      stderr: () => stderr,
      ended: () => ended,
      left: async () => ({ files: await readdir(temporary), processes: processesOf(temporary) }),
    });
  } finally {
    if (child.exitCode === null) child.kill('SIGTERM');
    await ended;
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Command lines of processes that have to do with a folder. */
function processesOf(folder: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
        return `${command} ${environment}`.includes(folder) ? [command] : [];
      } catch {
        return [];
      }
    });
}
