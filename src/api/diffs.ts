import { OrchestratorError } from '../domain/errors.ts';
import { diff, diffStat, mbox } from '../store/diff.ts';
import { gitText } from '../store/git.ts';
import { readCommit } from '../store/objects.ts';
import { json } from './ask.ts';
import type { Request } from 'express';
import type { TaskView } from '../domain/job/view.ts';
import type { WireDiff } from '../contract/turns.ts';
import type { Hub } from '../store/hub.ts';
import type { Reply } from './ask.ts';
import type { JobFacts } from './jobs.ts';

export interface Range {
  readonly from: string;
  readonly to: string;
}

/** What the job has merged so far. */
export function jobRange({ view }: JobFacts): Range {
  const from = view.header.source.baseSha;
  return { from, to: view.integration.head ?? from };
}

/** What a task has merged, or has in its worktree's newest commit. */
export async function taskRange(
  { hub, view }: JobFacts,
  task: TaskView,
  tree: string | null,
): Promise<Range | null> {
  if (task.state.kind === 'completed' && task.outline.taskId !== view.planner.outline.taskId) {
    const { commit, changed } = task.state;
    if (!changed) return null;
    const { parents } = await readCommit(hub, commit);
    return { from: parents[0] ?? view.header.source.baseSha, to: commit };
  }
  if (tree === null) return null;
  const base = task.attempts.at(-1)?.baseSha;
  if (base) return { from: base, to: tree };
  const head = view.integration.head ?? view.header.source.baseSha;
  return { from: await gitText(['merge-base', head, tree], { gitDir: hub.dir }), to: tree };
}

/** The diff in the form that the request asks for. Errors: not_acceptable. */
export async function diffReply(
  hub: Hub,
  range: Range | null,
  format: 'diff' | 'mbox' | undefined,
  req: Request,
): Promise<Reply> {
  const type = req.accepts(['text/x-diff', 'text/plain', 'application/json']);
  if (type === false)
    throw new OrchestratorError('not_acceptable', 'A diff comes as text/x-diff or application/json.');
  const empty = range === null || range.from === range.to;
  if (format === 'mbox')
    return {
      status: 200,
      text: empty ? '' : await mbox(hub, range.from, range.to),
      type: 'application/mbox',
    };
  const text = empty ? '' : await diff(hub, range.from, range.to);
  if (type !== 'application/json') return { status: 200, text, type: 'text/x-diff' };
  const files = empty ? [] : await diffStat(hub, range.from, range.to);
  const body: WireDiff = {
    base_sha: range?.from ?? null,
    head_sha: range?.to ?? null,
    files: files.map((file) => ({ ...file })),
    diff: text.toString(),
  };
  return json(200, body);
}
