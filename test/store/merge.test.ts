import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { jobRefs } from '../../src/store/attempt-refs.ts';
import { diff, diffStat, mbox } from '../../src/store/diff.ts';
import { advanceIntegration, commitMerged, isAncestor, mergeTrees } from '../../src/store/merge.ts';
import { moveRefs, readRef } from '../../src/store/refs.ts';
import type { Hub } from '../../src/store/hub.ts';
import { makeRepository, sh, withHub } from '../support/repository.ts';

const author = { name: 'Ana <x>\n', email: 'ana@example.org' };
const at = 1_700_000_000_000;

/** A source with a base and two branches from it, all in the hub. */
async function branches(
  hub: Hub,
  dir: string,
  left: string,
  right: string,
): Promise<{ base: string; left: string; right: string }> {
  const repo = path.join(dir, 'repo');
  const base = await makeRepository(repo, { 'a.txt': '1\n2\n3\n4\n5\n6\n7\n8\n9\n', 'b.bin': '\u0000' });
  const commit = async (script: string): Promise<string> =>
    sh(repo, `git checkout -q ${base}; ${script}; git add -A; git commit -qm work; git rev-parse HEAD`);
  const heads = { base, left: await commit(left), right: await commit(right) };
  await sh(
    repo,
    `git push -q ${hub.dir} ${Object.entries(heads)
      .map(([name, sha]) => `${sha}:refs/tutti/${name}/integration`)
      .join(' ')}`,
  );
  return heads;
}

describe('merging without a worktree', () => {
  test('joins what does not touch, and the head moves by compare-and-swap', () =>
    withHub(async (hub, dir) => {
      const { base, left, right } = await branches(
        hub,
        dir,
        'sed -i 1s/1/one/ a.txt',
        'sed -i 9s/9/nine/ a.txt',
      );
      const merged = await mergeTrees(hub, left, right);
      expect(merged.clean).toBe(true);
      const trailers = { 'Tutti-Job': 'j0', 'Tutti-Task': 't2' };
      const head = await commitMerged(hub, {
        tree: merged.tree,
        parent: left,
        author,
        message: 'Nine\n',
        trailers,
        at,
      });
      expect(await sh(hub.dir, `git show ${head}:a.txt | sed -n '1p;9p'`)).toBe('one\nnine');
      expect(
        await sh(hub.dir, `git log -1 --format='%an|%(trailers:key=Tutti-Task,valueonly)' ${head}`),
      ).toBe('Ana  x|t2');
      expect([await isAncestor(hub, base, head), await isAncestor(hub, right, head)]).toEqual([true, false]);
      await moveRefs(hub, [{ ref: jobRefs('j0').integration, to: left, from: null }]);
      expect(await advanceIntegration(hub, 'j0', left, head)).toBe('moved');
      expect(await advanceIntegration(hub, 'j0', left, right)).toBe('lost');
      expect(await readRef(hub, jobRefs('j0').integration)).toBe(head);
    }));

  test('names the files in conflict and leaves them with markers', () =>
    withHub(async (hub, dir) => {
      const name = "$'odd\\n name'";
      const { left, right } = await branches(
        hub,
        dir,
        `sed -i 1s/1/one/ a.txt; echo l > ${name}`,
        `sed -i 1s/1/eins/ a.txt; echo r > ${name}`,
      );
      const merged = await mergeTrees(hub, left, right);
      expect(merged).toMatchObject({ clean: false, conflicts: ['a.txt', 'odd\n name'] });
      expect(await sh(hub.dir, `git show ${merged.tree}:a.txt | head -5`)).toMatch(
        /^<<<<<<< .*\none\n=======\neins\n>>>>>>>/,
      );
    }));

  test('refuses a commit that is not there', () =>
    withHub(async (hub, dir) => {
      const { base } = await branches(hub, dir, 'echo l > l', 'echo r > r');
      await expect(mergeTrees(hub, base, 'd'.repeat(40))).rejects.toThrow(/git merge-tree/);
    }));
});

describe('diffs', () => {
  test('apply to the base byte for byte, with renames, binary and Latin-1 files', () =>
    withHub(async (hub, dir) => {
      const { base, left } = await branches(
        hub,
        dir,
        String.raw`git mv a.txt c.txt; echo 10 >> c.txt; printf '\001\000\377' > b.bin; printf 'caf\351\n' > latin`,
        'echo r > r',
      );
      const repo = path.join(dir, 'repo');
      const patch = await diff(hub, base, left);
      const mails = await mbox(hub, base, left);
      await writeFile(path.join(dir, 'patch'), patch);
      await writeFile(path.join(dir, 'mails'), mails);
      await sh(
        repo,
        `git checkout -q ${base}; git apply --index ../patch; test $(git write-tree) = $(git rev-parse ${left}^{tree}); git reset -q --hard; git am -q ../mails`,
      );
      expect(await sh(repo, 'git rev-parse HEAD^{tree}')).toBe(
        await sh(repo, `git rev-parse ${left}^{tree}`),
      );
      expect(await diffStat(hub, base, left)).toEqual([
        { path: 'b.bin', added: null, removed: null },
        { path: 'c.txt', added: 1, removed: 0 },
        { path: 'latin', added: 1, removed: 0 },
      ]);
    }));
});
