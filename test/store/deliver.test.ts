import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { jobRefs } from '../../src/store/attempt-refs.ts';
import { deliver } from '../../src/store/deliver.ts';
import { openHub, packHub } from '../../src/store/hub.ts';
import type { Hub } from '../../src/store/hub.ts';
import { blobObject, commitObject, storeObjects, treeObject } from '../../src/store/objects.ts';
import { moveRefs, readRef } from '../../src/store/refs.ts';
import { fetchBase, resolveSource } from '../../src/store/source.ts';
import type { Source } from '../../src/domain/spec.ts';
import { fingerprint, makeRepository, sh, withHub } from '../support/repository.ts';
import { installTraps } from '../support/traps.ts';

const JOB = 'j012345678';
const REF = `refs/heads/tutti/${JOB}`;

/** Puts one more commit on the job's integration branch. */
async function integrate(hub: Hub, text: string): Promise<string> {
  const { integration } = jobRefs(JOB);
  const parent = (await readRef(hub, integration)) ?? '';
  const blob = blobObject(text);
  const tree = treeObject([{ mode: '100644', name: 'made.txt', sha: blob.sha }]);
  const commit = commitObject({ tree: tree.sha, parents: [parent], message: text, at: 1_700_000_000_000 });
  await storeObjects(hub, [blob, tree, commit]);
  await moveRefs(hub, [{ ref: integration, to: commit.sha, from: parent }]);
  return commit.sha;
}

async function withJob(
  use: (at: { hub: Hub; dir: string; root: string; source: Source }) => Promise<void>,
): Promise<void> {
  await withHub(async (hub, dir) => {
    const root = path.join(dir, 'repo');
    await makeRepository(root);
    const { source } = await resolveSource({ path: root });
    await fetchBase(hub, source, JOB);
    await use({ hub, dir, root, source });
  });
}

const DELIVERED = { branch: `tutti/${JOB}`, state: 'delivered', reason: null };
const head = (root: string): Promise<string> => sh(root, `git rev-parse ${REF}`);

describe('the delivered branch', () => {
  test('follows the integration head, and a repeated or late delivery changes nothing', () =>
    withJob(async ({ hub, root, source }) => {
      const first = await integrate(hub, 'one\n');
      expect(await deliver(hub, source, JOB, first)).toEqual(DELIVERED);
      expect(await deliver(hub, source, JOB, first)).toEqual(DELIVERED);
      const second = await integrate(hub, 'two\n');
      await packHub(hub);
      expect(await deliver(hub, source, JOB, second)).toEqual(DELIVERED);
      expect(await deliver(hub, source, JOB, first)).toEqual(DELIVERED);
      expect(await head(root)).toBe(second);
      expect(await sh(root, `git fsck --strict 2>&1; git show ${REF}:made.txt`)).toMatch(/two$/);
      await sh(root, `git branch -q -D tutti/${JOB}`);
      expect(await deliver(hub, source, JOB, second)).toEqual(DELIVERED);
    }));

  test('appears without touching anything else, and no program of the source runs', () =>
    withJob(async ({ hub, dir, root, source }) => {
      await sh(root, 'git branch other; git tag v1; echo x >> readme.md; echo y > new; git add new');
      const { sprung } = await installTraps(root, dir);
      const before = await fingerprint(root);
      expect(await deliver(hub, source, JOB, await integrate(hub, 'one\n'))).toEqual(DELIVERED);
      const second = await integrate(hub, 'two\n');
      expect(await deliver(hub, source, JOB, second)).toEqual(DELIVERED);
      const { [`.git/${REF}`]: branch, ...after } = await fingerprint(root);
      expect(branch).toBeDefined();
      expect(after).toEqual(before);
      expect(await sprung()).toEqual([]);
    }));

  test('is held while it is checked out in any worktree, and follows afterwards', () =>
    withJob(async ({ hub, root, source }) => {
      await deliver(hub, source, JOB, await integrate(hub, 'one\n'));
      await sh(root, `git worktree add -q ../linked tutti/${JOB}`);
      const second = await integrate(hub, 'two\n');
      const before = await fingerprint(path.join(root, '../linked'));
      expect(await deliver(hub, source, JOB, second)).toMatchObject({
        state: 'held',
        reason: expect.stringMatching(/checked out in .*linked/),
      });
      expect(await fingerprint(path.join(root, '../linked'))).toEqual(before);
      await sh(root, 'git worktree remove ../linked');
      expect(await deliver(hub, source, JOB, second)).toEqual(DELIVERED);
    }));

  test('is held when the user moved it elsewhere, ahead or aside', () =>
    withJob(async ({ hub, root, source }) => {
      await deliver(hub, source, JOB, await integrate(hub, 'one\n'));
      await sh(root, `git update-ref ${REF} $(git commit-tree -p ${REF} -m mine ${REF}^{tree})`);
      const theirs = await head(root);
      const second = await integrate(hub, 'two\n');
      expect(await deliver(hub, source, JOB, second)).toMatchObject({
        state: 'held',
        reason: expect.stringMatching(/moved to/),
      });
      expect(await head(root)).toBe(theirs);
    }));

  test('is held when a branch of theirs is in the way, or the source is gone', () =>
    withJob(async ({ hub, root, source }) => {
      const first = await integrate(hub, 'one\n');
      await sh(root, 'git branch tutti');
      expect(await deliver(hub, source, JOB, first)).toMatchObject({
        state: 'held',
        reason: expect.stringMatching(/git refused it: .*tutti/),
      });
      await rm(path.join(root, '.git'), { recursive: true });
      expect(await deliver(hub, source, JOB, first)).toMatchObject({
        state: 'held',
        reason: expect.stringMatching(/no repository/),
      });
    }));

  test('is held when the source is damaged', () =>
    withJob(async ({ hub, root, source }) => {
      const first = await integrate(hub, 'one\n');
      await writeFile(path.join(root, '.git/packed-refs'), 'what is this\n');
      expect(await deliver(hub, source, JOB, first)).toMatchObject({
        state: 'held',
        reason: expect.stringContaining('git refused it: fatal: unexpected line in'),
      });
    }));

  test('stays in the hub for a url', () =>
    withJob(async ({ hub, root, source }) => {
      const url: Source = {
        kind: 'url',
        url: `file://${root}`,
        base: 'main',
        baseSha: source.baseSha,
        hub: hub.name,
      };
      expect(await deliver(hub, url, JOB, await integrate(hub, 'one\n'))).toMatchObject({ state: 'kept' });
      expect(await sh(root, 'git branch --list "tutti/*"')).toBe('');
    }));

  test('reaches shallow clones, bare repositories and linked worktrees', () =>
    withHub(async (_, dir) => {
      await makeRepository(path.join(dir, 'repo'));
      await sh(
        dir,
        `git -C repo commit -q --allow-empty -m second; git clone -q --depth 1 file://${dir}/repo shallow
        git clone -q --bare repo bare.git; git -C repo worktree add -q ../linked -b side`,
      );
      for (const name of ['shallow', 'bare.git', 'linked']) {
        const hub = await openHub(path.join(dir, 'hubs'), name.replace('.', '-'));
        const { source } = await resolveSource({ path: path.join(dir, name) });
        await fetchBase(hub, source, JOB);
        const made = await integrate(hub, 'one\n');
        expect(await deliver(hub, source, JOB, made)).toEqual(DELIVERED);
        expect(await head(path.join(dir, name))).toBe(made);
      }
      await sh(path.join(dir, 'shallow'), 'git fetch -q --unshallow origin; git fsck --strict');
      const hub = await openHub(path.join(dir, 'hubs'), 'shallow');
      const { source } = await resolveSource({ path: path.join(dir, 'shallow') });
      expect(await deliver(hub, source, JOB, await integrate(hub, 'two\n'))).toEqual(DELIVERED);
      expect(
        await sh(
          path.join(dir, 'shallow'),
          `git rev-list --count ${REF}; git rev-parse --is-shallow-repository`,
        ),
      ).toBe('4\nfalse');
    }));
});
