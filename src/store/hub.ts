import { createHash, randomBytes } from 'node:crypto';
import { access, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OrchestratorError } from '../domain/errors.ts';
import type { HubName } from '../domain/ids.ts';
import { git } from './git.ts';

/** The bare repository that holds a source's work. */
export interface Hub {
  readonly dir: string;
  readonly name: HubName;
}

/** The name of the hub of closed jobs. */
export const JOBS_HUB: HubName = 'jobs';

/** Opens the hub, creating it where it is missing; safe over processes. */
export async function openHub(hubsDir: string, name: HubName): Promise<Hub> {
  if (!/^[a-z0-9][a-z0-9-]{0,80}$/.test(name))
    throw new OrchestratorError('internal', `"${name}" is not the name of a hub`);
  const hub = { name, dir: join(hubsDir, `${name}.git`) };
  if (!(await exists(join(hub.dir, 'HEAD')))) await createHub(hubsDir, hub);
  return hub;
}

/** `where`: the real path of a source's root, or its url. */
export function hubNameOf(where: string): HubName {
  const last =
    where
      .replace(/(\/|\.git)+$/, '')
      .split(/[/:]/)
      .at(-1) ?? '';
  const slug = last
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  return `${slug || 'repository'}-${createHash('sha256').update(where).digest('hex').slice(0, 8)}`;
}

/** Packs loose objects. Safe while others read and write; never drops an object. */
export async function packHub(hub: Hub): Promise<void> {
  await git(['repack', '-d', '-q', '--geometric=2', '--no-write-bitmap-index'], { gitDir: hub.dir });
  await git(['pack-refs', '--all', '--prune'], { gitDir: hub.dir });
}

/** Packs a hub with some 4,000 loose objects or more, by the sample that `git gc --auto` takes: one folder of 256. */
export async function packWhenLoose(hub: Hub): Promise<void> {
  const sample = await readdir(join(hub.dir, 'objects/17')).catch(() => []);
  if (sample.length >= 16) await packHub(hub);
}

/** Made aside and renamed: another process sees the whole hub or none. */
async function createHub(hubsDir: string, hub: Hub): Promise<void> {
  const draft = join(hubsDir, `.new-${hub.name}-${randomBytes(6).toString('hex')}`);
  await mkdir(hubsDir, { recursive: true });
  await git(['init', '--bare', '--quiet', '--template=', '--initial-branch=main', draft], { gitDir: null });
  await git(['config', 'gc.auto', '0'], { gitDir: draft });
  // The tree of commits that carry no files; git knows it without storing it, but a reader of ours looks it up.
  await git(['hash-object', '-w', '-t', 'tree', '--stdin'], { gitDir: draft, input: '' });
  try {
    await rename(draft, hub.dir);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(join(hub.dir, 'HEAD')))) throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
