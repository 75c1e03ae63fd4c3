import { frameFor } from '../display.ts';
import { billLines } from '../view/bill.ts';
import { colouredDiff } from '../view/diff-view.ts';
import { fit } from '../view/text.ts';
import { git } from '../git.ts';
import { columnsOf, isTerminal, paintFor, printLines } from '../io.ts';
import type { DemoJob } from './job.ts';
import type { WireStatus } from '../../contract/status.ts';

/** Lines of a diff that are shown on a terminal; a pipe or a file gets all. */
const SHOWN = 60;

/** Prints what the job has merged and what it has cost. */
export async function showResult(
  { io, client, say, sample, isReal, signal }: DemoJob,
  job: WireStatus,
): Promise<void> {
  const { job_id, base_sha, delivery } = job;
  if (delivery.state === 'delivered') {
    say.title(`The merged diff: branch ${delivery.branch}`);
    const range = `${base_sha}..${delivery.branch}`;
    printLines(io.stdout, (await git(io, ['diff', '--stat', range], { cwd: sample.repository })).split('\n'));
    const diff = (await client.diff({ job_id, signal })).trimEnd().split('\n');
    const shown = isTerminal(io, io.stdout) ? beginning(diff, columnsOf(io.stdout)) : diff;
    printLines(io.stdout, ['', colouredDiff(shown.join('\n'), paintFor(io, io.stdout))]);
    if (shown !== diff)
      say.text(`… the whole diff has ${diff.length} lines; "npm run demo -- --keep" keeps the repository.`);
  }
  say.title('The bill');
  printLines(io.stdout, billLines(job, frameFor(io, io.stdout)));
  if (!isReal)
    say.text(
      `A recording costs nothing: these amounts are what its tokens would cost at the prices of ${job.model}.`,
    );
}

/** The first lines of a diff, none broken by the terminal, and without the names of git's objects. */
const beginning = (diff: readonly string[], cells: number): readonly string[] =>
  diff
    .filter((line) => !line.startsWith('index '))
    .slice(0, SHOWN)
    .map((line) => fit(line, cells));
