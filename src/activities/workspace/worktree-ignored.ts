import { constants } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { git } from '../../store/git.ts';
import { run } from '../../store/run.ts';
import { pinned } from './worktree-place.ts';
import type { Worktree } from './worktree-place.ts';

/** NUL-terminated raw names, as git prints them with -z: file names need not be text. */
export type PathList = Buffer;

/** Ignored files and folders; a folder that is ignored as a whole is one name, with a slash at its end. */
export async function ignoredPaths(worktree: Worktree): Promise<PathList> {
  const args = ['ls-files', '-o', '-i', '--exclude-standard', '--directory', '-z'];
  return (await git(args, pinned(worktree))).stdout;
}

/** Copies `paths` below `fromDir`, by reflink where the file system can; existing files stay. */
export async function copyIgnored(fromDir: string, toDir: string, paths: PathList): Promise<void> {
  await mkdir(toDir, { recursive: true });
  if (paths.length === 0) return;
  const args = ['-0', 'cp', ...COPY, '--parents', '-t', toDir, '--'];
  if (await copied({ file: 'xargs', args, cwd: fromDir, input: paths })) return;
  for (const path of paths.toString().split('\0').filter(Boolean)) {
    await mkdir(dirname(join(toDir, path)), { recursive: true });
    await cp(join(fromDir, path), join(toDir, path), PORTABLE);
  }
}

/** Copies everything in `fromDir`, by reflink where the file system can; existing files stay. */
export async function copyInto(fromDir: string, toDir: string): Promise<void> {
  if (await copied({ file: 'cp', args: [...COPY, '--', `${fromDir}/.`, `${toDir}/`] })) return;
  await cp(fromDir, toDir, PORTABLE);
}

const COPY = ['-a', '-n', '--reflink=auto'];
const PORTABLE = {
  recursive: true,
  force: false,
  preserveTimestamps: true,
  verbatimSymlinks: true,
  mode: constants.COPYFILE_FICLONE,
};

interface Copying {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly input?: Buffer;
}

/** False: this system's cp is not GNU's. Several versions of GNU's count a kept file as a failure. */
async function copied(copying: Copying): Promise<boolean> {
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' };
  const result = await run({ ...copying, env, limit: 1_000_000 });
  const said = result.stderr.toString().split('\n');
  if (said.some((line) => /(unrecognized|illegal|invalid) option/.test(line))) return false;
  const errors = said.filter((line) => line !== '' && !line.includes('not replacing'));
  if (result.code === 0 || (errors.length === 0 && result.code !== null)) return true;
  throw new Error(`${copying.file} could not copy: ${errors.slice(0, 5).join('; ') || 'it was killed'}`);
}
