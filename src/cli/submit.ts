import { randomUUID } from 'node:crypto';
import { follow } from './follow.ts';
import { billLines } from './view/bill.ts';
import { frameFor } from './display.ts';
import { openSession } from './client/session.ts';
import { planLines } from './view/plan-view.ts';
import { oneLine } from './view/text.ts';
import { printJson, wantsJson } from './invocation.ts';
import { printLines } from './io.ts';
import { readSpec, repositoryPlace } from './spec-file.ts';
import { Refusal } from './errors.ts';
import { repositoryRoot } from './git.ts';
import type { Draft } from './spec-file.ts';
import type { Invocation } from './invocation.ts';
import type { Submitted, SubmitInput } from '../contract/submit.ts';

export interface SubmitOptions {
  readonly title?: string;
  readonly description?: string;
  readonly constraint?: readonly string[];
  readonly accept?: readonly string[];
  readonly check?: readonly string[];
  readonly setup?: readonly string[];
  readonly maxWorkers?: number;
  readonly budget?: number;
  readonly provider?: string;
  readonly model?: string;
  /** False: `--no-repo`. */
  readonly repo?: string | false;
  readonly ref?: string;
  readonly label?: readonly string[];
  readonly autoApprove?: boolean;
  readonly follow?: boolean;
  readonly timeout?: number;
}

/** Submits a spec from a file, from flags, or from both, where flags win. */
export async function submit(invocation: Invocation<SubmitOptions>): Promise<number> {
  const { io, options } = invocation;
  const session = openSession(invocation);
  const body = await bodyOf(invocation);
  const job = await session.client.submit({ body, key: randomUUID(), respondAsync: options.follow === true });
  if (options.follow === true) {
    if (!wantsJson(options)) printLines(io.stderr, [`Submitted ${job.job_id}`, ...warnings(job)]);
    return follow(invocation, session, job.job_id, { decide: true, timeout: options.timeout });
  }
  const isFailed = job.state === 'failed';
  if (wantsJson(options)) printJson(invocation, job);
  else if (isFailed)
    printLines(
      io.stdout,
      billLines(await session.client.status({ job_id: job.job_id }), frameFor(io, io.stdout)),
    );
  else printLines(io.stdout, submittedLines(invocation, job));
  return isFailed ? 1 : 0;
}

async function bodyOf({ io, args, options }: Invocation<SubmitOptions>): Promise<SubmitInput> {
  const [file] = args;
  const draft = file === undefined ? {} : await readSpec(io, file);
  const body = { ...draft, ...flagsOf(options, draft) };
  if (!('title' in body) && file === undefined)
    throw new Refusal(
      'Nothing to submit: name a spec (spec.md, spec.yaml, or - for stdin), or give --title.',
    );
  if (!('description' in body) && typeof body['title'] === 'string') body['description'] = body['title'];
  const repository = await repositoryOf({ io, options }, draft['repository']);
  const { repository: _, ...rest } = body;
  // The server checks every field, and says which one is wrong.
  return { ...rest, ...(repository === undefined ? {} : { repository }) } as SubmitInput;
}

/** Fields by flags; undefined ones are left out. */
function flagsOf(options: SubmitOptions, draft: Draft): Draft {
  const fields: Draft = {
    title: options.title,
    description: options.description,
    constraints: options.constraint,
    acceptance_criteria: options.accept,
    checks: options.check,
    setup: options.setup,
    max_workers: options.maxWorkers,
    budget_usd: options.budget,
    provider: options.provider,
    model: options.model,
    auto_approve: options.autoApprove,
    labels: options.label && { ...(draft['labels'] as Draft | undefined), ...labelsOf(options.label) },
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function labelsOf(labels: readonly string[]): Record<string, string> {
  const pairs = labels.map((label) => {
    const at = label.indexOf('=');
    if (at < 1) throw new Refusal(`--label ${label} should look like KEY=VALUE`);
    return [label.slice(0, at), label.slice(at + 1)] as const;
  });
  return Object.fromEntries(pairs);
}

/** `--repo`, else the file's, else the repository that the command was called in; `--no-repo`: none of them. */
async function repositoryOf(
  { io, options }: Pick<Invocation<SubmitOptions>, 'io' | 'options'>,
  inFile: unknown,
): Promise<unknown> {
  const { repo, ref } = options;
  if (repo === false) {
    if (ref !== undefined) throw new Refusal('--ref needs a repository, and --no-repo names none');
    return undefined;
  }
  if (typeof repo !== 'string' && inFile !== undefined) {
    if (ref === undefined) return inFile;
    return typeof inFile === 'string' ? withBase(inFile, ref) : { ...(inFile as Draft), base: ref };
  }
  const place = typeof repo === 'string' ? repositoryPlace(repo, io.cwd) : await repositoryRoot(io);
  if (place === null && ref !== undefined)
    throw new Refusal(`--ref ${ref} needs a repository, and ${io.cwd} is in none; name one with --repo`);
  return place === null ? undefined : withBase(place, ref);
}

const withBase = (place: string, base: string | undefined): Draft => ({
  ...(place.startsWith('/') ? { path: place } : { url: place }),
  ...(base === undefined ? {} : { base }),
});

/** Those that the plan does not say itself. */
const warnings = ({ warnings: all, plan }: Submitted): string[] =>
  all
    .filter((warning) => plan?.warnings.includes(warning) !== true)
    .map((warning) => `warning: ${oneLine(warning)}`);

function submittedLines({ io }: Invocation, job: Submitted): string[] {
  const { job_id, plan, state } = job;
  const { paint } = frameFor(io, io.stdout);
  const by = [...new Set([job.provider, job.model])].join(' ');
  const head = ` ${paint.bold(job_id)}  ${oneLine(job.title)}  ${paint.dim(by)}`;
  const steps = {
    planning: [` It is being planned: tutti watch ${job_id}`],
    awaiting_approval: [` Next: tutti approve ${job_id}, or tutti reject ${job_id}`],
  }[state as string] ?? [` Next: tutti watch ${job_id}`];
  return [
    head,
    ...warnings(job).map((line) => ` ${paint.yellow(line)}`),
    '',
    ...(plan === undefined
      ? []
      : [...planLines(plan, frameFor(io, io.stdout), { limitUsd: job.budget.limit_usd }), '']),
    ...steps,
  ];
}
