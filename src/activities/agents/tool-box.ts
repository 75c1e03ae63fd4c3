import { mkdir, readFile, readdir, realpath, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ToolRefusal } from '../tools/box.ts';
import type { CommandRun, ToolBox } from '../tools/box.ts';
import type { RunCommand } from '../workspace/commands.ts';
import type { Worktree } from '../workspace/worktree.ts';

/** The tools' view of one worktree: scripts in its sandbox, files by paths that cannot leave it. */
export function createToolBox(
  worktree: Worktree,
  work: { runCommand: RunCommand; network: boolean; mayWrite: boolean; signal: AbortSignal },
): ToolBox {
  const inside = (name: string): Promise<string> => resolveInside(worktree.dir, name);
  return {
    mayWrite: work.mayWrite,
    async run(script, { seconds }): Promise<CommandRun> {
      const { runCommand, network, signal } = work;
      return runCommand(worktree, { script, seconds, network, signal });
    },
    readFile: async (name) => readRegularFile(await inside(name), name),
    async writeFile(name, text) {
      const file = await inside(name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    },
    list: async (name) => listFolder(await inside(name)),
  };
}

/** A pipe would be read for ever, and a huge file would fill the memory: both are the agent's to make. */
async function readRegularFile(file: string, name: string): Promise<Buffer> {
  const found = await stat(file);
  const { size } = found;
  if (!found.isFile() && !found.isDirectory()) throw new ToolRefusal(`"${name}" is not a regular file`);
  if (size > MOST_BYTES) throw new ToolRefusal(`"${name}" has ${size} bytes; read parts of it with bash`);
  return readFile(file);
}

const MOST_BYTES = 10 * 1024 * 1024;

/**
 * The host's path of a file in the worktree. The agent's commands can make any symbolic link: the deepest folder that
 * exists is resolved, and must lie inside.
 */
async function resolveInside(root: string, name: string): Promise<string> {
  const wanted = path.resolve(root, name);
  const real = await realpath(root);
  let existing = wanted;
  for (;;) {
    const resolved = await realpath(existing).catch(() => null);
    if (resolved !== null) {
      if (resolved !== real && !resolved.startsWith(real + path.sep)) break;
      return path.join(resolved, path.relative(existing, wanted));
    }
    if (await isDangling(existing)) break;
    existing = path.dirname(existing);
  }
  throw new ToolRefusal(`"${name}" leads out of /workspace`);
}

async function isDangling(file: string): Promise<boolean> {
  const names = await readdir(path.dirname(file), { withFileTypes: true }).catch(() => []);
  return names.some((entry) => entry.name === path.basename(file) && entry.isSymbolicLink());
}

/** Entries of a folder and its folders, as the text editor tool shows them; null when it is not a folder. */
async function listFolder(folder: string): Promise<string[] | null> {
  const shown = async (dir: string, prefix: string, deeper: boolean): Promise<string[]> => {
    const entries = await readdir(dir, { withFileTypes: true });
    const visible = entries.filter((entry) => !entry.name.startsWith('.') && entry.name !== 'node_modules');
    const lists = await Promise.all(
      visible.map(async (entry) => {
        const name = prefix + entry.name;
        if (!entry.isDirectory()) return [name];
        const below = deeper ? await shown(path.join(dir, entry.name), `${name}/`, false) : [];
        return [`${name}/`, ...below];
      }),
    );
    return lists.flat();
  };
  try {
    return (await shown(folder, '', true)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return null;
    throw error;
  }
}
