import { closeStore } from '../src/store/sessions.ts';
import { longTask } from './measures/long-task.ts';
import { kills } from './measures/kills.ts';
import { makespan } from './measures/makespan.ts';
import { openJobs } from './measures/open-jobs.ts';
import { parallel } from './measures/parallel.ts';
import { plan } from './measures/plan.ts';
import { turn } from './measures/turn.ts';
import { machine, rowText } from './report.ts';
import type { Row } from './report.ts';

/** What can be measured, by the name that `npm run bench -- <name>` takes. */
const MEASURES: Readonly<Record<string, () => AsyncIterable<Row>>> = {
  turn,
  parallel,
  plan,
  history: longTask,
  kill: kills,
  'open-jobs': openJobs,
  makespan,
};

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

async function run(names: readonly string[]): Promise<void> {
  const unknown = names.find((name) => !Object.hasOwn(MEASURES, name));
  if (unknown !== undefined)
    throw new Error(`there is no measure "${unknown}"; choose from ${Object.keys(MEASURES).join(', ')}`);
  say(machine());
  for (const [name, measure] of Object.entries(MEASURES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    say(`\n${name}`);
    for await (const row of measure()) say(rowText(row));
  }
  await closeStore();
}

await run(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
