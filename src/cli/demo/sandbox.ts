import { homedir } from 'node:os';
import { openSandbox } from '../../activities/workspace/sandbox/sandbox.ts';
import { Refusal } from '../errors.ts';
import type { Io } from '../io.ts';
import type { Narrator } from './narrator.ts';
import type { Sandbox } from '../../activities/workspace/sandbox/sandbox.ts';

/**
 * The sandbox of this machine. Where none works, the commands of the recording run without one, since they are
 * shipped with Tutti; a real model's do not: throws a Refusal.
 */
export async function openDemoSandbox(say: Narrator, env: Io['env'], isReal: boolean): Promise<Sandbox> {
  const at = { readOnly: [], home: homedir(), path: env['PATH'] ?? '' };
  const opened = await openSandbox({ mode: 'auto', ...at });
  if (opened.sandbox !== null) {
    say.text(`Sandbox for the agents' commands: ${opened.sandbox.driver}.`);
    return opened.sandbox;
  }
  const why = `No sandbox works on this machine (${opened.reason}).`;
  if (isReal)
    throw new Refusal(
      `${why} Commands of a real model are not run without one; "tutti doctor" says what to do.`,
    );
  say.text(`${why} The demo runs only commands that Tutti ships, so it goes on without one.`);
  const plain = await openSandbox({ mode: 'none', ...at });
  if (plain.sandbox === null) throw new Refusal(plain.reason);
  return plain.sandbox;
}
