import { runHere } from './run-here.ts';
import type { RunRequest, RunResult } from './run-here.ts';

/** Runs one short process to its end. Rejects when it cannot be started, and with the signal's reason on abort. */
export function run(request: RunRequest): Promise<RunResult> {
  return runner(request);
}

/** Lets another process do the starting; null: this one does it again. */
export function runBy(other: ((request: RunRequest) => Promise<RunResult>) | null): void {
  runner = other ?? runHere;
}

let runner: (request: RunRequest) => Promise<RunResult> = runHere;
