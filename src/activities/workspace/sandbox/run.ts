import { OrchestratorError } from '../../../domain/errors.ts';
import { startChild } from './child.ts';
import type { Launch } from './child.ts';
import type { CommandResult, SandboxedCommand, StopReason } from './command.ts';
import { keepOutput } from './output.ts';
import { recordProcesses, removeRecord } from './pid-file.ts';
import { endBox, killGroup, signalInside } from './stop.ts';
import { watchCommand } from './watch.ts';

const PATIENCE_MS = 2_000;
const MOST_OUTPUT = 64 * 1024 * 1024;

/** Runs what a driver prepared under the command's limits, and returns when nothing of it is left. */
export async function runLaunched(command: SandboxedCommand, launch: Launch): Promise<CommandResult> {
  const began = performance.now();
  const output = keepOutput(command.limits.outputBytes);
  const result = (exitCode: number | null, stopped: StopReason | null): CommandResult => {
    const durationMs = Math.round(performance.now() - began);
    return { exitCode, output: output.text(), outputTotal: output.total(), stopped, durationMs };
  };
  if (command.signal?.aborted === true) return result(null, 'aborted');

  const child = await startChild(launch, command.stdin);
  let stopped: StopReason | null = null;
  let running = true;
  let patience: NodeJS.Timeout | undefined;
  const stop = (reason: StopReason) => {
    if (stopped !== null || !running) return;
    stopped = reason;
    const gently = reason === 'timeout' || reason === 'aborted';
    if (gently && signalInside(child)) patience = setTimeout(() => killGroup(child.pid), PATIENCE_MS);
    else killGroup(child.pid);
  };
  const record = () => {
    if (command.pidFile !== undefined && running)
      recordProcesses(command.pidFile, [child.pid, ...child.first()]);
  };
  record();
  // It can be told after the end, when that came early.
  child.onFirst(() => (running ? record() : void endBox(child)));
  child.onOutput((chunk) => {
    if (stopped === 'output') return;
    const text = output.add(chunk);
    command.onOutput?.(text);
    if (output.total() > Math.max(MOST_OUTPUT, command.limits.outputBytes)) stop('output');
  });
  const unwatch = watchCommand(command, child, stop);
  try {
    const exitCode = await child.ended;
    running = false;
    clearTimeout(patience);
    unwatch();
    launch.killLeftovers?.();
    await endBox(child);
    await child.closed();
    if (stopped !== null) return result(null, stopped);
    if (exitCode !== 0 && !launch.isBuilt(child)) throw unavailable(exitCode, child.complaint());
    return result(exitCode, null);
  } finally {
    running = false;
    unwatch();
    if (command.pidFile !== undefined) removeRecord(command.pidFile);
  }
}

function unavailable(exitCode: number, complaint: string): OrchestratorError {
  const reason = complaint === '' ? `it ended with exit code ${exitCode}` : complaint;
  return new OrchestratorError('sandbox_unavailable', `the sandbox could not be built: ${reason}`);
}
