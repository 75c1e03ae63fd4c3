// The helper of aside.ts: a process so small that starting others from it costs little.
import process from 'node:process';
import { OrchestratorError } from '../../../domain/errors.ts';
import type { AsideAnswer, AsideOrder, OpenedAside } from './aside.ts';
import { openSandbox } from './sandbox.ts';
import type { Sandbox, SandboxChoice } from './sandbox.ts';

const running = new Map<number, AbortController>();
let sandbox: Sandbox | null = null;

process.on('message', (order: AsideOrder) => {
  if (order.kind === 'abort') running.get(order.id)?.abort();
  else
    void answerTo(order)
      .catch((error: unknown) => failureOf(order.id, error))
      .then((answer) => process.connected && process.send?.(answer));
});
// Boxes end with the process that started them.
process.once('disconnect', () => process.exit(0));

async function answerTo(order: Exclude<AsideOrder, { kind: 'abort' }>): Promise<AsideAnswer> {
  const { id } = order;
  if (order.kind === 'open') return { id, opened: await open(order.choice) };
  if (sandbox === null) throw new OrchestratorError('sandbox_unavailable', 'the sandbox is not open');
  const stopping = new AbortController();
  running.set(id, stopping);
  try {
    return { id, result: await sandbox.run({ ...order.command, signal: stopping.signal }) };
  } finally {
    running.delete(id);
  }
}

async function open(choice: SandboxChoice): Promise<OpenedAside> {
  const opened = await openSandbox(choice);
  sandbox = opened.sandbox;
  if (opened.sandbox === null) return { driver: null, reason: opened.reason, remedy: opened.remedy };
  return { driver: opened.sandbox.driver, isolation: opened.sandbox.isolation };
}

function failureOf(id: number, error: unknown): AsideAnswer {
  const code = error instanceof OrchestratorError ? error.code : 'internal';
  return { id, failure: { code, message: error instanceof Error ? error.message : String(error) } };
}
