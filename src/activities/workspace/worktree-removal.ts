import { run } from '../../store/run.ts';

/** Removes worktrees with all that lies beside them; what is not there is fine. */
export async function removeFolders(worktrees: readonly { readonly dir: string }[]): Promise<void> {
  if (worktrees.length === 0) return;
  // The marker goes first: a folder that is half gone is then not taken for a whole one.
  const paths = worktrees.flatMap(({ dir }) => [
    `${dir}.at`,
    `${dir}.index`,
    `${dir}.index.lock`,
    `${dir}.links`,
    `${dir}.pid`,
    dir,
  ]);
  if ((await removed(paths)) === null) return;
  // Some tools write folders that even their owner may not change (Go's module cache).
  await command('chmod', ['-R', 'u+rwX', '--', ...worktrees.map(({ dir }) => dir)]);
  const failure = await removed(paths);
  if (failure !== null) throw new Error(`worktrees could not be removed: ${failure}`);
}

async function removed(paths: readonly string[]): Promise<string | null> {
  const result = await command('rm', ['-rf', '--', ...paths]);
  return result.code === 0 ? null : result.stderr.toString().slice(0, 500);
}

const command = (file: string, args: readonly string[]): ReturnType<typeof run> =>
  run({ file, args, env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' }, limit: 1_000_000 });
