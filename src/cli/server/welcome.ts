import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { openSandbox } from '../../activities/workspace/sandbox/sandbox.ts';
import { createClient } from '../../contract/client.ts';
import { OPEN_STATES } from '../../domain/job/state.ts';
import { count } from '../view/amounts.ts';
import { paintFor, printLines } from '../io.ts';
import { wrap } from '../view/text.ts';
import type { Config } from '../../config.ts';
import type { Io } from '../io.ts';

export interface Running {
  readonly config: Config;
  readonly url: string;
  readonly uiUrl: string | null;
  readonly signal: AbortSignal;
}

/** Says where everything is, and how many jobs go on. */
export async function welcome(io: Io, { config, url, uiUrl, signal }: Running): Promise<void> {
  const paint = paintFor(io, io.stdout);
  const [sandbox, jobs] = await Promise.all([sandboxText(config, io), openJobs(config, url, signal)]);
  const row = (name: string, text: string) => `  ${paint.dim(name.padEnd(9))} ${text}`;
  const next = 'In a repository of yours: tutti submit spec.md --follow';
  printLines(io.stdout, [
    `${paint.bold('Tutti is up.')} Ctrl-C stops it; jobs go on at the next start.`,
    row('API', `${url}  (page ${url}/docs)`),
    row(
      'Temporal',
      uiUrl === null ? (config.temporal.address ?? `profile ${config.temporal.profile}`) : uiUrl,
    ),
    row('Home', `${config.home.root}  (logs in ${config.home.logs})`),
    row('Sandbox', sandbox.driver ?? paint.red('none works; jobs are refused')),
    ...(sandbox.why === null ? [] : wrap(sandbox.why, 88).map((line) => row('', line))),
    ...(config.repo === null ? [] : [row('Source', `${config.repo}  (of specs that name none)`)]),
    row('Jobs', jobs === 0 ? 'none open' : `${count(jobs, 'open job')} ${jobs === 1 ? 'goes' : 'go'} on`),
    `  ${next}`,
  ]);
}

async function sandboxText(
  config: Config,
  { env }: Io,
): Promise<{ driver: string | null; why: string | null }> {
  const opened = await openSandbox({
    mode: config.sandbox,
    readOnly: config.sandboxReadOnly,
    home: env['HOME'] || homedir(),
    path: env['PATH'] ?? '',
  });
  if (opened.sandbox === null) return { driver: null, why: `${opened.reason}. ${opened.remedy}` };
  const { driver } = opened.sandbox;
  return { driver, why: driver === 'none' ? 'commands run without any isolation' : null };
}

async function openJobs(config: Config, url: string, signal: AbortSignal): Promise<number> {
  const token = readFileSync(config.home.token, 'utf8').trim();
  const client = createClient({ url, token });
  try {
    const { jobs } = await client.jobs({ state: OPEN_STATES.join(','), limit: 500, signal });
    return jobs.length;
  } catch {
    return 0;
  }
}
