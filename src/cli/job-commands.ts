import { Option } from 'commander';
import { each, lazily, number } from './lazy.ts';
import { PROVIDER_IDS } from '../domain/providers.ts';
import type { Command } from 'commander';
import type { Run } from './lazy.ts';

const JOB = ['[job]', 'id, unique prefix, or "last" (Default: the last job of this repository)'] as const;
const TASK = ['[task]', 't3, 3, or a unique part of its title'] as const;
const YES = ['-y, --yes', 'do not ask'] as const;

/** Adds the commands for development jobs. */
export function addJobCommands(program: Command, run: Run): void {
  addSubmit(program, run);
  addDecisions(program, run);
  addViews(program, run);
  addResults(program, run);
}

function addSubmit(program: Command, run: Run): void {
  program
    .command('submit')
    .summary('Submit a spec')
    .description(
      "Submit a spec: a Markdown file, a YAML file with the fields of the API, or - for stdin.\nFlags win over the file; a list given by flags replaces the file's list.",
    )
    .argument('[spec]', 'spec.md, spec.yaml, or -')
    .option('--title <text>', 'title of the job')
    .option('--description <text>', 'what is wanted')
    .option('--constraint <text>', 'what must be kept to (repeatable)', each)
    .option('--accept <text>', 'acceptance criterion (repeatable)', each)
    .option('--check <command>', 'command that must succeed in the end (repeatable)', each)
    .option('--setup <command>', 'command that prepares a checkout, with network (repeatable)', each)
    .option('--max-workers <n>', 'tasks at the same time', number)
    .option('--budget <usd>', 'what the job may cost', number)
    .addOption(new Option('--provider <id>', "who plays the model's side").choices(PROVIDER_IDS))
    .option('--model <id>', 'model of the tasks')
    .option('--repo <path|url>', 'source repository (Default: the one that this is called in)')
    .option('--no-repo', "send none: the server's default, or a new repository")
    .option('--ref <ref>', 'commit, branch or tag to begin with (Default: what is checked out)')
    .option('--label <key=value>', 'label for "tutti jobs --label" (repeatable)', each)
    .option('--auto-approve', 'carry the plan out without asking; needs the role reviewer')
    .option('-f, --follow', 'ask about the plan, then show the job until it is finished')
    .option('--timeout <seconds>', 'follow no longer than this', number)
    .action(lazily(run, async () => (await import('./submit.ts')).submit));
}

function addDecisions(program: Command, run: Run): void {
  program
    .command('plan')
    .description("Show a job's plan; waits while it is being made")
    .argument(...JOB)
    .option('--full', "show each task's instructions in full")
    .option('--no-wait', 'fail at once when there is no plan yet')
    .action(lazily(run, async () => (await import('./plan.ts')).plan));
  program
    .command('approve')
    .description('Approve the plan that it prints; the tasks begin')
    .argument(...JOB)
    .option('--note <text>', 'kept with the approval')
    .option(...YES)
    .action(lazily(run, async () => (await import('./approve.ts')).approve));
  program
    .command('reject')
    .description('Reject the plan; the job ends')
    .argument(...JOB)
    .option('--reason <text>', 'kept with the job')
    .action(lazily(run, async () => (await import('./reject.ts')).reject));
  program
    .command('retry')
    .description('Order one more attempt of a failed task')
    .argument(...JOB)
    .argument(...TASK)
    .option('--feedback <text>', 'what the next attempt should know')
    .action(lazily(run, async () => (await import('./retry.ts')).retry));
  program
    .command('cancel')
    .description('Cancel a job; what is merged stays')
    .argument(...JOB)
    .option(...YES)
    .action(lazily(run, async () => (await import('./cancel.ts')).cancel));
  program
    .command('close')
    .description('End a job with what is merged')
    .argument(...JOB)
    .option('--reason <text>', 'kept with the job')
    .option(...YES)
    .action(lazily(run, async () => (await import('./close.ts')).close));
  program
    .command('budget')
    .description("Show a job's budget, or set or raise it")
    .argument(...JOB)
    .option('--limit <usd>', 'set the budget to this', number)
    .option('--add <usd>', 'raise it by this', number)
    .action(lazily(run, async () => (await import('./budget.ts')).budget));
  program
    .command('delete')
    .description('Delete a job and what Tutti keeps of it; a delivered branch stays')
    .argument(...JOB)
    .option('--force', 'also while it is running: it is cancelled first')
    .option(...YES)
    .action(lazily(run, async () => (await import('./delete.ts')).deleteJob));
}

function addViews(program: Command, run: Run): void {
  program
    .command('status')
    .description('Show how a job stands')
    .argument(...JOB)
    .option('--until <states>', 'wait until it is in one of these (commas), finished, or needs a person')
    .option('--wait <seconds>', 'wait no longer than this, 55 at most', number)
    .action(lazily(run, async () => (await import('./status.ts')).status));
  program
    .command('watch')
    .description('Show a job live until it is finished')
    .argument(...JOB)
    .option('--timeout <seconds>', 'watch no longer than this', number)
    .action(lazily(run, async () => (await import('./watch.ts')).watch));
  program
    .command('jobs')
    .description('List jobs, the newest first')
    .option('--state <states>', 'in one of these states (commas)')
    .addOption(new Option('--kind <kind>', 'of this kind').choices(['development', 'training']))
    .option('--label <key=value>', 'with this label')
    .option('--repository <path|url>', 'of this source')
    .option('--here', 'of the repository that this is called in')
    .option('--archived', 'closed jobs, also those that Temporal has forgotten')
    .option('--limit <n>', 'how many', number)
    .option('--cursor <cursor>', 'where the list before ended')
    .action(lazily(run, async () => (await import('./jobs.ts')).jobs));
  program
    .command('providers')
    .description("List who can play the model's side")
    .option('--models', 'with their models and prices')
    .action(lazily(run, async () => (await import('./providers.ts')).providers));
  program
    .command('open')
    .description("Print and open a job's page in the Temporal UI")
    .argument(...JOB)
    .action(lazily(run, async () => (await import('./open.ts')).open));
}

function addResults(program: Command, run: Run): void {
  program
    .command('logs')
    .description("Print what a task's agent said and did")
    .argument(...JOB)
    .argument(TASK[0], `${TASK[1]}, or "plan" for the planner`)
    .option('--tail <lines>', 'the last lines only', number)
    .option('--attempt <n>', 'of this attempt (Default: the newest)', number)
    .action(lazily(run, async () => (await import('./logs.ts')).logs));
  program
    .command('turns')
    .description('List the turns of a task, or show one in full')
    .argument(...JOB)
    .argument(TASK[0], `${TASK[1]}, or "plan" for the planner`)
    .option('--turn <n>', 'show this one', number)
    .option('--attempt <n>', 'of this attempt (Default: the newest)', number)
    .action(lazily(run, async () => (await import('./turns.ts')).turns));
  program
    .command('diff')
    .description('Print what a job has merged, or what a task has changed')
    .argument(...JOB)
    .argument(...TASK)
    .option('--mbox', 'as mails for git am')
    .action(lazily(run, async () => (await import('./diff.ts')).diff));
  program
    .command('fetch')
    .description("Bring a job's branch into this repository; nothing else here is touched")
    .argument(...JOB)
    .action(lazily(run, async () => (await import('./fetch.ts')).fetchBranch));
}
