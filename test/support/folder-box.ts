import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ToolBox } from '../../src/activities/tools/box.ts';

/** A tool box over a temporary folder, with real files and a real shell, that is removed at the end. */
export async function withFolderBox(
  run: (box: ToolBox, folder: string) => Promise<void>,
  mayWrite = true,
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tutti-box-'));
  try {
    await run(boxOf(folder, mayWrite), folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function boxOf(folder: string, mayWrite: boolean): ToolBox {
  const at = (name: string): string => path.join(folder, name);
  return {
    mayWrite,
    readFile: (name) => readFile(at(name)),
    writeFile: async (name, text) => {
      await mkdir(path.dirname(at(name)), { recursive: true });
      await writeFile(at(name), text);
    },
    list: async (name) => {
      const entries = await readdir(at(name), { recursive: true, withFileTypes: true }).catch(() => null);
      return (
        entries?.map((entry) => {
          const below = path.relative(at(name), path.join(entry.parentPath, entry.name));
          return entry.isDirectory() ? `${below}/` : below;
        }) ?? null
      );
    },
    run: (script, { seconds }) =>
      new Promise((resolve) => {
        const options = { cwd: folder, timeout: seconds * 1000, maxBuffer: 50_000_000 };
        execFile('bash', ['-c', script], options, (error, stdout, stderr) => {
          const output = stdout + stderr;
          if (error?.killed === true) resolve({ exitCode: null, output, stopped: `after ${seconds} s` });
          else resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, output, stopped: null });
        });
      }),
  };
}
