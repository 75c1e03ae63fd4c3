import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { run } from '../../src/cli/run.ts';
import type { Io, Output } from '../../src/cli/io.ts';

/** The command line in this process, with streams of its own. */
export interface Terminal {
  readonly dir: string;
  readonly io: Io;
  /** Runs one command to its end; answers its exit code. */
  tutti(...argv: string[]): Promise<number>;
  stdout(): string;
  stderr(): string;
  /** Forgets what was written so far. */
  clear(): void;
  /** What a person types, or a pipe delivers. */
  type(text: string): void;
  end(): void;
  /** Ctrl-C, as far as somebody listens. */
  interrupt(): void;
  /** Resolves when a text has been written to stderr. */
  says(text: string | RegExp): Promise<void>;
}

export interface TerminalOptions {
  readonly url?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Cells and lines of a terminal; without them there is none. */
  readonly size?: readonly [columns: number, rows: number];
}

/** A command line in a folder of its own, which is also its home. */
export async function withTerminal<T>(
  options: TerminalOptions,
  use: (terminal: Terminal) => Promise<T>,
): Promise<T> {
  const dir = await realpath(await mkdtemp(path.join(tmpdir(), 'tutti-cli-')));
  try {
    return await use(createTerminal(dir, options));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function createTerminal(dir: string, { url, env, size }: TerminalOptions): Terminal {
  const written = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  const output = (name: keyof typeof written): Output => {
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        written[name] += chunk.toString();
        for (const look of waiting) look();
        done();
      },
    });
    return size === undefined
      ? stream
      : Object.assign(stream, { isTTY: true, columns: size[0], rows: size[1] });
  };
  const stdin = new PassThrough();
  const interrupts = new Set<() => void>();
  const io: Io = {
    env: {
      PATH: process.env['PATH'],
      HOME: dir,
      TUTTI_HOME: path.join(dir, 'home'),
      GIT_CONFIG_GLOBAL: '/dev/null',
      ...(url === undefined ? {} : { TUTTI_URL: url, TUTTI_TOKEN: 'secret' }),
      ...env,
    },
    cwd: dir,
    stdin: size === undefined ? stdin : Object.assign(stdin, { isTTY: true, setRawMode: () => stdin }),
    stdout: output('stdout'),
    stderr: output('stderr'),
    onInterrupt(act) {
      interrupts.add(act);
      return () => interrupts.delete(act);
    },
  };
  return {
    dir,
    io,
    tutti: (...argv) => run(argv, io),
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    clear() {
      written.stdout = '';
      written.stderr = '';
    },
    type: (text) => void stdin.write(text),
    end: () => void stdin.end(),
    interrupt: () => interrupts.forEach((act) => act()),
    says: (text) =>
      new Promise((resolve) => {
        const look = () => {
          const isThere =
            typeof text === 'string' ? written.stderr.includes(text) : text.test(written.stderr);
          if (!isThere) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}
