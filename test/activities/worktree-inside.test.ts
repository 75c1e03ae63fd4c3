import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { openWorktree } from '../../src/activities/workspace/worktree.ts';
import { fetchBase, resolveSource } from '../../src/store/source.ts';
import { makeRepository, sh, withHub } from '../support/repository.ts';
import { commit, isThere, names, withBase } from '../support/worktree.ts';

describe('repositories inside a worktree', () => {
  test('keeps the files of repositories that were made inside it, and none of their metadata', () =>
    withBase({ 'a.txt': 'a\n', '.gitignore': 'skip\n' }, async ({ base, place }) => {
      const worktree = await openWorktree(place(1), { commit: base });
      await sh(
        worktree.dir,
        `git init -q .
         for name in full empty deep/er; do mkdir -p $name/sub; git init -q $name; touch $name/f $name/sub/g $name/skip; done
         git init -q full/sub/inner; touch full/sub/inner/h
         git -C full add f && git -C full commit -qm x; git -C deep/er commit -q --allow-empty -m x`,
      );
      const made = await commit(worktree, base);
      expect((await names(worktree, made.commit)).split('\n')).toEqual(
        [
          '.gitignore',
          'a.txt',
          'deep/er/f',
          'deep/er/sub/g',
          'empty/f',
          'empty/sub/g',
          'full/f',
          'full/sub/g',
          'full/sub/inner/h',
        ].map((name) => `100644 ${name}`),
      );
      expect(made).toMatchObject({ files: 7, problems: [] });
      await sh(worktree.dir, 'echo x > full/new; rm empty/f');
      const next = await commit(worktree, made.commit);
      expect(next).toMatchObject({ changed: true, files: 2 });
      expect(await isThere(path.join(worktree.dir, 'full/.git'))).toBe(true);
      await openWorktree(place(1), { commit: base });
      expect(await readdir(worktree.dir)).toEqual(expect.not.arrayContaining(['deep']));
    }));

  test('runs nothing that the files ask for', () =>
    withBase({ 'a.txt': 'a\n' }, async ({ dir, base, place }) => {
      const worktree = await openWorktree(place(1), { commit: base });
      const trace = path.join(dir, 'trace');
      await sh(
        worktree.dir,
        `git init -q .; git config core.fsmonitor 'touch ${trace}; false'; git config filter.x.clean 'touch ${trace}; cat'
         printf '#!/bin/sh\\ntouch ${trace}\\n' > .git/hooks/post-index-change; chmod +x .git/hooks/post-index-change
         echo '* filter=x diff=x merge=x' > .gitattributes; printf '[core]\\nfsmonitor=touch ${trace}\\n' > .gitconfig; echo b > a.txt`,
      );
      const made = await commit(worktree, base);
      await openWorktree(place(1), { commit: base });
      await openWorktree(place(1), { commit: made.commit });
      expect(made.files).toBe(3);
      expect(await isThere(trace)).toBe(false);
    }));

  test('never looks into a submodule, where an agent could put a repository of its own', () =>
    withHub(async (hub, dir) => {
      const root = path.join(dir, 'repo');
      const inner = await makeRepository(path.join(dir, 'inner'), { f: 'f\n' });
      await makeRepository(root);
      const link = String.raw`$'s\xe9b'`;
      await sh(root, `git update-index --add --cacheinfo 160000,${inner},${link}; git commit -qm sub`);
      const { source } = await resolveSource({ path: root });
      await fetchBase(hub, source, 'j0');
      const place = { hub, hostDir: path.join(dir, 'host'), jobId: 'j0', taskId: 't1', attempt: 1, fence: 1 };
      const worktree = await openWorktree(place, { commit: source.baseSha });
      const trace = path.join(dir, 'trace');
      await sh(
        worktree.dir,
        `git clone -q ../../../../../../inner ${link}; cd ${link}; git config filter.x.clean 'touch ${trace}; cat'
         echo '* filter=x' > .gitattributes; echo g > f; touch new ../new`,
      );
      const made = await commit(worktree, source.baseSha);
      expect(made).toMatchObject({ files: 1, problems: [] });
      expect(await names(worktree, made.commit)).toBe(
        `160000 "s\\351b"\n100644 new\n100644 readme.md`.replace(/(.*)\n(.*)\n(.*)/, '$2\n$3\n$1'),
      );
      await sh(worktree.dir, `cd ${link}; rm -rf .git; mkdir .git; echo h > f`);
      expect((await commit(worktree, made.commit)).changed).toBe(false);
      expect(await isThere(trace)).toBe(false);
      expect((await openWorktree({ ...place, fence: 2 }, { commit: source.baseSha })).how).toBe('taken');
      expect(await isThere(trace)).toBe(false);
    }));
});
