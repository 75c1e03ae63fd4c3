import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { OrchestratorError } from '../../../domain/errors.ts';
import type { ErrorCode } from '../../../domain/errors.ts';
import { openSandbox } from './sandbox.ts';
import type { CommandResult, SandboxChoice, SandboxDriver, SandboxedCommand } from './sandbox.ts';

/** What goes to the helper: how to open its sandbox, a command to run, or the number of one to stop. */
export type AsideOrder =
  | { readonly kind: 'open'; readonly id: number; readonly choice: SandboxChoice }
  | {
      readonly kind: 'run';
      readonly id: number;
      readonly command: Omit<SandboxedCommand, 'signal' | 'onOutput'>;
    }
  | { readonly kind: 'abort'; readonly id: number };

export type AsideAnswer = { readonly id: number } & (
  | { readonly opened: OpenedAside }
  | { readonly result: CommandResult }
  | { readonly failure: { readonly code: ErrorCode; readonly message: string } }
);

export type OpenedAside =
  | { readonly driver: SandboxDriver; readonly isolation: readonly string[] }
  | { readonly driver: null; readonly reason: string; readonly remedy: string };

/**
 * A sandbox whose commands are started and watched by a small helper process: of a large process half is copied
 * for each one that it starts, which takes longer than the command's box. The helper ends with this process; if it
 * dies, the commands under way fail and the next one has a new helper. `onOutput` is not called.
 */
export async function openSandboxAside(choice: SandboxChoice): ReturnType<typeof openSandbox> {
  const main = fileURLToPath(new URL('./aside-main.js', import.meta.url));
  // A program that is run from its sources starts its commands itself.
  if (!existsSync(main)) return openSandbox(choice);
  let helper = startHelper(main);
  const open = (): Promise<OpenedAside> =>
    helper.ask({ kind: 'open', choice }).then((answer) => (answer as { opened: OpenedAside }).opened);
  let opening = open();
  const opened = await opening;
  if (opened.driver === null) {
    helper.end();
    return { sandbox: null, reason: opened.reason, remedy: opened.remedy };
  }
  const run = async (given: SandboxedCommand): Promise<CommandResult> => {
    if (!helper.alive()) {
      helper = startHelper(main);
      opening = open();
    }
    await opening;
    const command = { ...given, signal: undefined, onOutput: undefined };
    return ((await helper.ask({ kind: 'run', command }, given.signal)) as { result: CommandResult }).result;
  };
  return { sandbox: { driver: opened.driver, isolation: opened.isolation, run } };
}

type Question = { kind: 'open'; choice: SandboxChoice } | Omit<Extract<AsideOrder, { kind: 'run' }>, 'id'>;

interface Helper {
  alive(): boolean;
  ask(question: Question, signal?: AbortSignal): Promise<AsideAnswer>;
  end(): void;
}

function startHelper(main: string): Helper {
  const helper = fork(main, {
    serialization: 'advanced',
    detached: true,
    execArgv: ['--max-old-space-size=512'],
  });
  const waiting = new Map<number, { resolve(answer: AsideAnswer): void; reject(error: Error): void }>();
  let count = 0;
  keepAwake(helper, false);
  helper.on('message', (answer: AsideAnswer) => {
    const found = waiting.get(answer.id);
    waiting.delete(answer.id);
    keepAwake(helper, waiting.size > 0);
    if ('failure' in answer)
      found?.reject(new OrchestratorError(answer.failure.code, answer.failure.message));
    else found?.resolve(answer);
  });
  const fail = (reason: string): void => {
    for (const { reject } of waiting.values()) reject(new Error(`the helper that runs commands ${reason}`));
    waiting.clear();
  };
  helper.once('exit', () => fail('died'));
  helper.on('error', (error) => fail(`failed: ${error.message}`));
  return {
    alive: () => helper.connected,
    ask: (question, signal) => {
      const id = ++count;
      const abort = (): void => void helper.send({ kind: 'abort', id } satisfies AsideOrder);
      keepAwake(helper, true);
      return new Promise<AsideAnswer>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        helper.send({ ...question, id } satisfies AsideOrder);
        if (signal?.aborted) abort();
        else signal?.addEventListener('abort', abort, { once: true });
      }).finally(() => signal?.removeEventListener('abort', abort));
    },
    end() {
      if (helper.connected) helper.disconnect();
    },
  };
}

/** Only work under way keeps our own process from ending. */
function keepAwake(helper: ChildProcess, awake: boolean): void {
  if (awake) helper.ref();
  else helper.unref();
  if (awake) helper.channel?.ref();
  else helper.channel?.unref();
}
