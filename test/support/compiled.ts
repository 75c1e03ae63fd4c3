import { transform } from '@swc/core';
import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

const SRC = path.resolve(import.meta.dirname, '../../src');

/** Compiles folders of `src` into `outDir`, for tests that need a second process. */
export async function compile(folders: readonly string[], outDir: string): Promise<void> {
  for (const folder of folders)
    for (const name of await readdir(path.join(SRC, folder), { recursive: true })) {
      const from = path.join(SRC, folder, name);
      const to = path.join(outDir, folder, name);
      await mkdir(path.dirname(to), { recursive: true });
      if (!name.endsWith('.ts')) {
        await cp(from, to, { recursive: true });
        continue;
      }
      const { code } = await transform(await readFile(from, 'utf8'), {
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
      });
      await writeFile(to.replace(/\.ts$/, '.js'), code.replace(/(['"]\..*?)\.ts(['"])/g, '$1.js$2'));
    }
  await writeFile(path.join(outDir, 'package.json'), '{"type":"module"}');
}

/** Runs `script` as a module of its own process in `dir` to its end; answers what it printed. */
export function runModule(dir: string, script: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, ...args], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('close', (code) =>
      code === 0 ? resolve(printed) : reject(new Error(`a second process ended with ${code}`)),
    );
  });
}
