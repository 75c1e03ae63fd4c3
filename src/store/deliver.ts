import { access } from 'node:fs/promises';
import { OrchestratorError } from '../domain/errors.ts';
import type { JobId, Sha } from '../domain/ids.ts';
import type { Source } from '../domain/spec.ts';
import { deliveredBranch, jobRefs } from './attempt-refs.ts';
import { UPLOAD_PACK } from './fetch-base.ts';
import { GitError, git, gitText } from './git.ts';
import type { Hub } from './hub.ts';
import { readRef } from './refs.ts';
import { discover } from './source-discovery.ts';

export interface Delivery {
  readonly branch: string;
  readonly state: 'delivered' | 'held' | 'kept';
  /** Why it was held or kept; null when delivered. */
  readonly reason: string | null;
}

/**
 * Brings the job's branch in the source up to `head`: forward only, repeatable, and nothing else is touched.
 * Held: the branch is checked out, was moved by someone else, or the source cannot take it. A url keeps nothing:
 * its branch stays in the hub.
 */
export async function deliver(hub: Hub, source: Source, job: JobId, head: Sha): Promise<Delivery> {
  const branch = deliveredBranch(job);
  const held = (reason: string): Delivery => ({ branch, state: 'held', reason });
  if (source.kind === 'url')
    return { branch, state: 'kept', reason: 'the source is a url: `tutti fetch` brings the branch home' };
  const gitDir = await sourceGitDir(source.path);
  if (gitDir === null) return held(`there is no repository at ${source.path} any more`);

  try {
    return { branch, ...(await bringUp(hub, gitDir, job, head)) };
  } catch (error) {
    // Whatever is wrong with a source, the work is merged: its job need not fail over it.
    if (!(error instanceof GitError)) throw error;
    return held(`git refused it: ${error.stderr.trim().split('\n').at(-1) ?? 'without a reason'}`);
  }
}

async function bringUp(hub: Hub, gitDir: string, job: JobId, head: Sha): Promise<Omit<Delivery, 'branch'>> {
  const ref = `refs/heads/${deliveredBranch(job)}`;
  const delivered = { state: 'delivered', reason: null } as const;
  const held = (reason: string) => ({ state: 'held', reason }) as const;
  const now = await gitText(['rev-parse', '--verify', '--quiet', ref], { gitDir, ok: [0, 1] });
  if (now === head) return delivered;
  if (now !== '' && !(await ancestor(hub, now, head))) {
    // An older delivery that comes late: the branch is already further on.
    const integration = await readRef(hub, jobRefs(job).integration);
    if (integration !== null && (await ancestor(hub, now, integration))) return delivered;
    return held(`it was moved to ${now.slice(0, 12)}, which is not part of this job: rename or delete it`);
  }
  const where = await checkedOut(gitDir, ref);
  if (where !== null) return held(`it is checked out in ${where}: switch to another branch there`);
  await fetchInto(gitDir, hub, head, ref);
  return delivered;
}

async function sourceGitDir(path: string): Promise<string | null> {
  if (
    !(await access(path).then(
      () => true,
      () => false,
    ))
  )
    return null;
  try {
    return (await discover(path)).gitDir;
  } catch (error) {
    if (error instanceof OrchestratorError) return null;
    throw error;
  }
}

/** False also for a commit that the hub does not know. */
async function ancestor(hub: Hub, older: Sha, newer: Sha): Promise<boolean> {
  const { code } = await git(['merge-base', '--is-ancestor', older, newer], {
    gitDir: hub.dir,
    ok: [0, 1, 128],
  });
  return code === 0;
}

async function checkedOut(gitDir: string, ref: string): Promise<string | null> {
  const listing = await gitText(['worktree', 'list', '--porcelain', '-z'], { gitDir });
  for (const worktree of listing.split('\0\0')) {
    const lines = worktree.split('\0');
    if (lines.includes(`branch ${ref}`)) return (lines[0] ?? '').replace(/^worktree /, '');
  }
  return null;
}

/** A fetch without a plus sign never moves a branch backwards, and git checks that under the branch's lock. */
async function fetchInto(gitDir: string, hub: Hub, head: Sha, ref: string): Promise<void> {
  const args = [
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-auto-maintenance',
    '--no-recurse-submodules',
    '--no-prune',
    '--no-write-commit-graph',
    '--refmap=',
    UPLOAD_PACK,
    '--',
    hub.dir,
    `${head}:${ref}`,
  ];
  await git(args, { gitDir, config: ['fetch.pruneTags=false', 'fetch.unpackLimit=100'] });
}
