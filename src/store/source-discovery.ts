import { stat } from 'node:fs/promises';
import { git, gitText } from './git.ts';
import { unusable } from './source-request.ts';

/** A repository of the user's, found from a path inside it. */
export interface Found {
  /** Top level of the files; of a bare repository its folder. */
  readonly root: string;
  readonly gitDir: string;
  readonly bare: boolean;
  /** Settings that keep the repository's own clean and smudge programs from running. */
  readonly filtersOff: readonly string[];
}

/** Errors: repository_unusable. */
export async function discover(path: string): Promise<Found> {
  if (!(await stat(path)).isDirectory()) throw unusable('path', `"${path}" is not a folder`);
  const answer = await git(
    ['rev-parse', '--is-bare-repository', '--is-inside-work-tree', '--absolute-git-dir'],
    {
      gitDir: null,
      cwd: path,
      ok: [0, 128],
    },
  );
  if (answer.code !== 0) {
    const why = answer.stderr.trim().split('\n')[0] ?? '';
    const known = /not a git repository/.test(why);
    throw unusable('path', known ? `"${path}" is not a git repository` : `"${path}" cannot be used: ${why}`);
  }
  const [bare, inside, gitDir = ''] = answer.stdout.toString().trimEnd().split('\n');
  if (bare !== 'true' && inside !== 'true')
    throw unusable('path', `"${path}" is inside a repository's metadata: name the folder of its files`);
  const topLevel = (): Promise<string> =>
    gitText(['rev-parse', '--show-toplevel'], { gitDir: null, cwd: path });
  const [root, filters] = await Promise.all([bare === 'true' ? gitDir : topLevel(), filtersOff(gitDir)]);
  return { root, gitDir, bare: bare === 'true', filtersOff: filters };
}

async function filtersOff(gitDir: string): Promise<string[]> {
  const args = [
    'config',
    '--name-only',
    '-z',
    '--get-regexp',
    '^filter\\..*\\.(clean|smudge|process|required)$',
  ];
  const names = (await gitText(args, { gitDir, ok: [0, 1] })).split('\0').filter((name) => name !== '');
  return names.map((name) => `${name}=${name.endsWith('.required') ? 'false' : ''}`);
}
