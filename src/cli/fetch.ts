import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { git, repositoryRoot } from './git.ts';
import { openSession } from './client/session.ts';
import { resolveJob } from './client/job-ref.ts';
import { Refusal } from './errors.ts';
import type { Invocation } from './invocation.ts';
import type { Io } from './io.ts';
import type { WireStatus } from '../contract/status.ts';

/** Brings a job's branch into the repository that the command is called in, and touches nothing else there. */
export async function fetchBranch(invocation: Invocation): Promise<number> {
  const { io, args } = invocation;
  const { client, bytes } = openSession(invocation);
  const root = await repositoryRoot(io);
  if (root === null)
    throw new Refusal(`${io.cwd} is in no git repository; call this in a clone of the source`);
  const status = await client.status({ job_id: await resolveJob(client, io, args[0]) });
  const { branch, state } = status.delivery;
  const delivered = state === 'delivered' && status.repository.path === root;
  if (!delivered) {
    const mails = await bytes(`/orchestrate/${status.job_id}/diff?format=mbox`, 'text/x-diff');
    if (mails.length === 0) throw new Refusal(`${status.job_id} has merged nothing yet.`);
    await haveCommit(io, root, status);
    await moveBranch(io, root, branch, await applied(io, root, status.base_sha, mails));
  }
  io.stdout.write(`${branch}\n`);
  io.stderr.write(`Look at it with: git log -p ${status.base_sha.slice(0, 10)}..${branch}\n`);
  return 0;
}

/** The commit that the job began with; fetched from the job's url where this clone lacks it. */
async function haveCommit(io: Io, root: string, { base_sha, repository }: WireStatus): Promise<void> {
  const isHere = () =>
    git(io, ['cat-file', '-e', `${base_sha}^{commit}`], { cwd: root }).then(
      () => true,
      () => false,
    );
  if (await isHere()) return;
  if (repository.url !== null)
    await git(io, ['fetch', '--quiet', '--no-tags', '--', repository.url, base_sha], { cwd: root }).catch(
      () => '',
    );
  if (await isHere()) return;
  throw new Refusal(
    `${root} lacks ${base_sha}, the commit that the job began with. Fetch it from ${repository.url ?? repository.path ?? 'its source'} first.`,
  );
}

/**
 * Applies mails on top of `base` in a worktree of its own, and answers the commit. The same mails give the same
 * commits: author and committer are what the mails say, and no clock is asked.
 */
async function applied(io: Io, root: string, base: string, mails: Buffer): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tutti-fetch-'));
  const tree = path.join(folder, 'tree');
  try {
    await git(io, ['worktree', 'add', '--quiet', '--detach', '--', tree, base], { cwd: root });
    const am = ['am', '--quiet', '--keep-cr', '--keep-non-patch', '--committer-date-is-author-date'];
    await git(io, ['-c', 'core.autocrlf=false', ...am], { cwd: tree, input: mails, env: COMMITTER });
    return await git(io, ['rev-parse', 'HEAD'], { cwd: tree });
  } finally {
    await git(io, ['worktree', 'remove', '--force', '--force', '--', tree], { cwd: root }).catch(() => '');
    await rm(folder, { recursive: true, force: true });
  }
}

const COMMITTER = { GIT_COMMITTER_NAME: 'Tutti', GIT_COMMITTER_EMAIL: 'tutti@localhost' };

/** Moves the branch forward only, and never under somebody who has it checked out. */
async function moveBranch(io: Io, root: string, branch: string, commit: string): Promise<void> {
  const ref = `refs/heads/${branch}`;
  const before = await git(io, ['rev-parse', '--verify', '--quiet', ref], { cwd: root }).catch(() => '');
  if (before === commit) return;
  const worktrees = await git(io, ['worktree', 'list', '--porcelain'], { cwd: root });
  if (worktrees.split('\n').includes(`branch ${ref}`))
    throw new Refusal(`${branch} is checked out; check out another branch first.`);
  if (before !== '')
    await git(io, ['merge-base', '--is-ancestor', before, commit], { cwd: root }).catch(() => {
      throw new Refusal(
        `${branch} has commits that the job does not know. Rename it ("git branch -m ${branch} NAME") and fetch again.`,
      );
    });
  await git(io, ['update-ref', '-m', `tutti fetch: ${branch}`, ref, commit, before], { cwd: root });
}
