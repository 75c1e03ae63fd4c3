import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sh } from './repository.ts';

const HOOKS = [
  'applypatch-msg pre-applypatch post-applypatch pre-commit pre-merge-commit prepare-commit-msg commit-msg',
  'post-commit pre-rebase post-checkout post-merge pre-push reference-transaction pre-auto-gc post-rewrite',
  'sendemail-validate fsmonitor-watchman post-index-change pre-receive update post-receive post-update',
  'push-to-checkout proc-receive',
].flatMap((line) => line.split(' '));

/**
 * Puts a program that leaves a trace wherever a repository's own files and configuration may name one. `sprung`
 * names those that ran since it was last asked.
 */
export async function installTraps(root: string, dir: string): Promise<{ sprung: () => Promise<string[]> }> {
  const traces = path.join(dir, 'traces');
  const programs = path.join(dir, 'programs');
  const hooks = path.join(root, '.git/hooks');
  for (const folder of [traces, programs, hooks]) await mkdir(folder, { recursive: true });
  const trap = async (file: string, name: string): Promise<string> => {
    await writeFile(file, `#!/bin/sh\ntouch '${traces}/${name}'\ncat\n`);
    await chmod(file, 0o755);
    return file;
  };
  for (const hook of HOOKS) await trap(path.join(hooks, hook), hook);
  const settings = [
    'core.fsmonitor',
    'core.sshCommand',
    'core.pager',
    'core.editor',
    'core.alternateRefsCommand',
    'uploadpack.packObjectsHook',
    'filter.trap.clean',
    'filter.trap.smudge',
    'filter.trap.process',
    'diff.trap.command',
    'diff.trap.textconv',
    'diff.external',
    'credential.helper',
    'gpg.program',
  ];
  let script = '';
  for (const setting of settings)
    script += `git config ${setting} '${await trap(path.join(programs, setting), setting)}'\n`;
  await sh(
    root,
    `${script}git config filter.trap.required true; git config gc.auto 1; git config fetch.writeCommitGraph true; git config fetch.prune true`,
  );
  return {
    async sprung() {
      const names = await readdir(traces);
      await rm(traces, { recursive: true });
      await mkdir(traces);
      return names;
    },
  };
}
