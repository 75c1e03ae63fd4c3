import { cp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { git } from '../git.ts';
import { packageRoot } from './package-root.ts';
import { readSpec } from '../spec-file.ts';
import type { Draft } from '../spec-file.ts';
import type { Io } from '../io.ts';

/** The project that the demo works on, and what is asked for. */
export interface Sample {
  /** A git repository with one commit on `main`. */
  readonly repository: string;
  readonly spec: Draft;
  readonly specFile: string;
  /** The recording of the model's side. */
  readonly script: string;
  /** What the reviewer writes to the task whose check fails in the recording. */
  readonly feedback: string;
}

const IDENTITY = {
  GIT_AUTHOR_NAME: 'Tutti demo',
  GIT_AUTHOR_EMAIL: 'demo@localhost',
  GIT_COMMITTER_NAME: 'Tutti demo',
  GIT_COMMITTER_EMAIL: 'demo@localhost',
};

/** Copies the sample project into `root` and makes it a git repository. */
export async function prepareSample(io: Io, root: string): Promise<Sample> {
  const examples = path.join(packageRoot(), 'examples/demo');
  const specFile = path.join(examples, 'spec.md');
  const repository = path.join(root, 'tidy-table');
  await cp(path.join(examples, 'repository'), repository, { recursive: true });
  const run = (...args: string[]) => git(io, args, { cwd: repository, env: IDENTITY });
  await run('init', '--quiet', '--template=', '--initial-branch=main');
  await run('add', '--all');
  await run('commit', '--quiet', '--message', 'tidy-table 0.3.0');
  return {
    repository,
    spec: await readSpec(io, specFile),
    specFile,
    script: path.join(examples, 'script.json'),
    feedback: (await readFile(path.join(examples, 'feedback.txt'), 'utf8')).trim(),
  };
}
