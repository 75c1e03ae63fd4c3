import path from 'node:path';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { Interrupted, Refusal } from './errors.ts';
import { narrator } from './demo/narrator.ts';
import { openDemoSandbox } from './demo/sandbox.ts';
import { passesItsChecks } from './demo/proof.ts';
import { playJob } from './demo/job.ts';
import { prepareSample } from './demo/sample.ts';
import { showResult } from './demo/result.ts';
import { startDemoServer } from './demo/server.ts';
import type { Invocation } from './invocation.ts';
import type { Io } from './io.ts';
import type { Narrator } from './demo/narrator.ts';

export interface DemoOptions {
  /** `anthropic`: ask the real model instead of playing the recording. */
  readonly provider?: 'scripted' | 'anthropic';
  /** Leave the server's home and the repository behind. */
  readonly keep?: boolean;
}

/** What a job with the real model may cost, in US dollars. */
const CAP_USD = 1;

/**
 * The main job on a sample project, in a throw-away home. Answers 0 when the merged work passes its checks. Throws
 * Interrupted at Ctrl-C, when everything is stopped and removed.
 */
export async function demo({ io, options }: Invocation<DemoOptions>): Promise<number> {
  const keep = options.keep === true;
  const isReal = isRealModel(options, io.env);
  const say = narrator(io);
  const stop = new AbortController();
  const release = io.onInterrupt(() => stop.abort());
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'tutti-demo-')));
  try {
    introduce(say, isReal);
    const passes = await play(io, { root, say, isReal, signal: stop.signal });
    say.title(
      passes ? 'Done: the merged work passes its checks' : 'The merged work does not pass its checks',
    );
    if (!keep)
      say.text('Home and repository of this demo are removed now; "npm run demo -- --keep" keeps them.');
    return passes ? 0 : 1;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    throw new Interrupted(`The demo was stopped${keep ? '' : ' and has removed what it made'}.`);
  } finally {
    release();
    if (keep) sayWhatIsKept(say, root);
    else await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

function isRealModel({ provider = 'scripted' }: DemoOptions, env: Io['env']): boolean {
  if (provider === 'anthropic' && !env['ANTHROPIC_API_KEY'])
    throw new Refusal(
      '--provider anthropic needs a key: set ANTHROPIC_API_KEY. Without it the demo plays a recording.',
    );
  return provider === 'anthropic';
}

function introduce(say: Narrator, isReal: boolean): void {
  say.title('Tutti demo');
  say.text(
    isReal
      ? `A real model of Anthropic does the work, and this costs money: at most $${CAP_USD.toFixed(2)}. Ctrl-C stops it.`
      : "The model's side is a recording. All else is real: Temporal, git, the agents' commands, HTTP.",
  );
}

interface Stage {
  /** The folder that holds everything of the demo. */
  readonly root: string;
  readonly say: Narrator;
  readonly isReal: boolean;
  readonly signal: AbortSignal;
}

/** Whether the merged work passes its checks. */
async function play(io: Io, { root, say, isReal, signal }: Stage): Promise<boolean> {
  const sandbox = await openDemoSandbox(say, io.env, isReal);
  const sample = await prepareSample(io, root);
  const server = await startDemoServer({
    home: path.join(root, 'home'),
    env: io.env,
    script: isReal ? null : sample.script,
    driver: sandbox.driver,
    say,
    signal,
  });
  try {
    const job = {
      io,
      client: server.client,
      say,
      sample,
      isReal,
      budgetUsd: isReal ? CAP_USD : undefined,
      signal,
    };
    const status = await playJob(job);
    await showResult(job, status);
    return status.state === 'completed' && (await passesItsChecks(job, status, { sandbox, root }));
  } finally {
    await server.stop();
  }
}

function sayWhatIsKept(say: Narrator, root: string): void {
  const repository = path.join(root, 'tidy-table');
  say.title('Kept');
  say.text(`The repository: git -C ${repository} log --oneline --all`);
  say.text(`The server's home: TUTTI_HOME=${path.join(root, 'home')} npm start`);
  say.text(`Remove both: rm -rf ${root}`);
}
