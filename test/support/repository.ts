import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { closeStore } from '../../src/store/sessions.ts';
import { openHub } from '../../src/store/hub.ts';
import type { Hub } from '../../src/store/hub.ts';

/** A temporary folder with an open hub in it; git's long-lived processes are ended and the folder is removed. */
export async function withHub<T>(use: (hub: Hub, dir: string) => Promise<T>): Promise<T> {
  const dir = await realpath(await mkdtemp(path.join(tmpdir(), 'tutti-store-')));
  try {
    return await use(await openHub(path.join(dir, 'hubs'), 'source-12345678'), dir);
  } finally {
    await closeStore();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Runs a shell script with the git of a plain user who has no configuration; answers what it printed. */
export function sh(cwd: string, script: string): Promise<string> {
  const env = {
    PATH: process.env['PATH'],
    HOME: cwd,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'Ana',
    GIT_AUTHOR_EMAIL: 'ana@example.org',
    GIT_COMMITTER_NAME: 'Ana',
    GIT_COMMITTER_EMAIL: 'ana@example.org',
  };
  return new Promise((resolve, reject) => {
    execFile('bash', ['-ec', script], { cwd, env, maxBuffer: 64_000_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${script}\n${stderr}`, { cause: error }));
      else resolve(stdout.trimEnd());
    });
  });
}

/** A repository of a user's, with these files in one commit on `main`. */
export async function makeRepository(
  dir: string,
  files: Readonly<Record<string, string>> = { 'readme.md': 'hello\n' },
): Promise<string> {
  await mkdir(dir, { recursive: true });
  await sh(dir, 'git init -q -b main');
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(dir, name)), { recursive: true });
    await writeFile(path.join(dir, name), text);
  }
  await sh(dir, 'git add -A && git commit -q -m first');
  return sh(dir, 'git rev-parse HEAD');
}

/** A hash of each file below `dir`, by its relative name; objects of a repository are left out. */
export async function fingerprint(dir: string): Promise<Record<string, string>> {
  const prints: Record<string, string> = {};
  for (const item of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const file = path.join(item.parentPath, item.name);
    const name = path.relative(dir, file);
    if (/(^|\/)\.git\/objects\//.test(name)) continue;
    if (item.isSymbolicLink()) prints[name] = `-> ${await readlink(file)}`;
    else if (item.isFile())
      prints[name] = createHash('sha256')
        .update(await readFile(file))
        .digest('hex');
  }
  return prints;
}
