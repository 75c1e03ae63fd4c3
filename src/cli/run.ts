import { CommanderError } from 'commander';
import { createProgram } from './program.ts';
import type { Io } from './io.ts';

/** Runs one command line (without node and script) and answers its exit code: 0, 1, or 130 after Ctrl-C. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let code = 0;
  const program = createProgram({
    io,
    exit(with_) {
      code = with_;
    },
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    return report(error, argv, io);
  }
}

async function report(error: unknown, argv: readonly string[], io: Io): Promise<number> {
  const { errorBody, errorLines, Interrupted } = await import('./errors.ts');
  const { toJson } = await import('./invocation.ts');
  const [first = '', ...rest] = errorLines(error);
  const interrupted = error instanceof Interrupted;
  const body = argv.includes('--json') || argv.includes('--pretty') ? errorBody(error) : null;
  if (body !== null) io.stdout.write(`${toJson(body, argv.includes('--pretty') ? 2 : undefined)}\n`);
  io.stderr.write([`${interrupted ? '' : 'error: '}${first}`, ...rest].map((line) => `${line}\n`).join(''));
  return interrupted ? 130 : 1;
}
