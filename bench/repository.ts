import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

/** Makes a source repository of generated text files in folders of a hundred, in one commit on `main`. */
export function makeRepository(dir: string, files: number): void {
  mkdirSync(dir, { recursive: true });
  run(dir, ['init', '--quiet', '--initial-branch=main']);
  run(dir, ['fast-import', '--quiet'], commitOf(files));
}

function commitOf(files: number): string {
  const lines = [
    'commit refs/heads/main',
    'committer Ana <ana@example.org> 1700000000 +0000',
    ...data('first'),
  ];
  for (let file = 0; file < files; file++) {
    const folder = path.posix.join(
      `part-${Math.floor(file / 1_000)}`,
      `group-${Math.floor(file / 100) % 10}`,
    );
    const text = Array.from({ length: 20 }, (_, line) => `export const value${line} = ${file * line};`).join(
      '\n',
    );
    lines.push(`M 100644 inline ${folder}/module-${file}.ts`, ...data(`${text}\n`));
  }
  return `${lines.join('\n')}\n`;
}

const data = (text: string): string[] => [`data ${Buffer.byteLength(text)}`, text];

function run(cwd: string, args: readonly string[], input = ''): void {
  const env = { PATH: process.env['PATH'] ?? '', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const { status, stderr, error } = spawnSync('git', args, { cwd, input, env });
  if (status !== 0) throw new Error(`git ${args[0]} failed: ${error?.message ?? String(stderr)}`);
}
