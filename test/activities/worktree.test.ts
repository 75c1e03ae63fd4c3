import { chmod, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  copyIgnored,
  discardChanges,
  ignoredPaths,
  openWorktree,
  removeJobWorktrees,
  removeWorktree,
  worktreeDir,
} from '../../src/activities/workspace/worktree.ts';
import { sh } from '../support/repository.ts';
import { commit, isThere, names, withBase } from '../support/worktree.ts';

describe('opening a worktree', () => {
  test('checks the commit out without any metadata, and keeps it for the next turn', () =>
    withBase({ 'a.txt': 'a\n', 'src/b.txt': 'b\n' }, async ({ base, place }) => {
      const opened = await openWorktree(place(1), { commit: base });
      expect(opened).toMatchObject({ how: 'fresh', dir: worktreeDir(place(1)) });
      expect((await readdir(opened.dir)).sort()).toEqual(['a.txt', 'src']);
      await writeFile(path.join(opened.dir, 'c.txt'), 'c\n');
      const made = await commit(opened, base);
      expect((await openWorktree(place(1), { commit: made.commit })).how).toBe('kept');
      expect(await readFile(path.join(opened.dir, 'c.txt'), 'utf8')).toBe('c\n');
    }));

  test('goes to another commit, and back on a redelivery', () =>
    withBase({ 'a.txt': 'a\n', '.gitignore': 'out\n' }, async ({ base, place }) => {
      const opened = await openWorktree(place(1), { commit: base });
      await writeFile(path.join(opened.dir, 'b.txt'), 'b\n');
      const made = await commit(opened, base);
      await writeFile(path.join(opened.dir, 'out'), 'ignored');
      await openWorktree(place(1), { commit: base });
      expect((await readdir(opened.dir)).sort()).toEqual(['.gitignore', 'a.txt', 'out']);
      await writeFile(path.join(opened.dir, 'a.txt'), 'half done');
      await openWorktree(place(1), { commit: base, reset: true });
      expect(await readFile(path.join(opened.dir, 'a.txt'), 'utf8')).toBe('a\n');
      await openWorktree(place(1), { commit: made.commit });
      expect(await readFile(path.join(opened.dir, 'b.txt'), 'utf8')).toBe('b\n');
    }));

  test('takes an earlier fence over by name, after its commands were ended, and drops what they left', () =>
    withBase({ 'a.txt': 'a\n', '.gitignore': 'node_modules\n' }, async ({ base, place }) => {
      const first = await openWorktree(place(1), { commit: base });
      await mkdir(path.join(first.dir, 'node_modules'));
      await writeFile(path.join(first.dir, 'node_modules/x'), 'x');
      await writeFile(path.join(first.dir, 'a.txt'), 'half');
      await writeFile(path.join(first.dir, 'new.txt'), 'half');
      const ended: string[] = [];
      const second = await openWorktree(place(2), {
        commit: base,
        endEarlier: async (dirs) => void ended.push(...dirs),
      });
      expect(second.how).toBe('taken');
      expect(ended).toEqual([first.dir]);
      expect(await isThere(first.dir)).toBe(false);
      expect((await readdir(second.dir)).sort()).toEqual(['.gitignore', 'a.txt', 'node_modules']);
      expect(await readFile(path.join(second.dir, 'a.txt'), 'utf8')).toBe('a\n');
      await expect(commit(first, base)).rejects.toThrow();
      await expect(openWorktree(place(1), { commit: base })).rejects.toMatchObject({ code: 'attempt_lost' });
    }));

  test('trusts no folder that was left while git changed it, and no broken index', () =>
    withBase({ 'a.txt': 'a\n' }, async ({ base, place }) => {
      const first = await openWorktree(place(1), { commit: base });
      await rm(first.markerFile);
      expect((await openWorktree(place(1), { commit: base })).how).toBe('fresh');
      await rm(first.markerFile);
      const second = await openWorktree(place(2), { commit: base });
      expect(second.how).toBe('fresh');
      await writeFile(second.indexFile, 'broken');
      const third = await openWorktree(place(3), { commit: base });
      expect(third.how).toBe('fresh');
      expect((await commit(third, base)).changed).toBe(false);
    }));

  test('keeps attempts apart and removes all that belongs to one', () =>
    withBase({ 'a.txt': 'a\n' }, async ({ base, place }) => {
      const one = await openWorktree(place(1, 1), { commit: base });
      const ten = await openWorktree(place(1, 10), { commit: base });
      await mkdir(path.join(one.dir, 'locked/in'), { recursive: true });
      await chmod(path.join(one.dir, 'locked'), 0o500);
      await writeFile(`${one.dir}.pid`, '1');
      await removeWorktree(place(1, 1));
      expect((await readdir(path.dirname(one.dir))).sort()).toEqual(['10.1', '10.1.at', '10.1.index']);
      await removeJobWorktrees(place(1));
      expect(await isThere(ten.dir)).toBe(false);
      await removeJobWorktrees(place(1));
    }));
});

describe('committing a worktree', () => {
  test('makes no commit when nothing changed, also when a change was taken back', () =>
    withBase({ 'a.txt': 'a\n' }, async ({ base, place }) => {
      const worktree = await openWorktree(place(1), { commit: base });
      expect(await commit(worktree, base)).toMatchObject({ commit: base, changed: false, files: 0 });
      await writeFile(path.join(worktree.dir, 'a.txt'), 'b\n');
      const made = await commit(worktree, base);
      expect(made).toMatchObject({ changed: true, files: 1, problems: [] });
      expect((await commit(worktree, base)).tree).toBe(made.tree);
      await writeFile(path.join(worktree.dir, 'a.txt'), 'a\n');
      expect((await commit(worktree, base)).commit).toBe(base);
    }));

  test('takes any file name, links, modes, removals and folders that became files', () =>
    withBase(
      { 'gone.txt': 'x\n', 'run.sh': '#!/bin/sh\n', 'dir/a': 'a\n', kept: 'k\n' },
      async ({ base, place }) => {
        const worktree = await openWorktree(place(1), { commit: base });
        await sh(
          worktree.dir,
          String.raw`rm -r gone.txt dir; echo file > dir; chmod +x run.sh
          printf x > $'new\nline'; printf x > ' sp ace '; printf x > -dash; printf x > $'caf\xe9'; printf x > 'q"uote'
          ln -s /etc/passwd out; ln -s ../../.. up; mkfifo pipe`,
        );
        await symlink('nowhere', path.join(worktree.dir, 'dangling'));
        const made = await commit(worktree, base);
        expect(made.problems).toEqual([]);
        expect((await names(worktree, made.commit)).split('\n').sort()).toEqual(
          [
            '100644  sp ace ',
            '100644 "caf\\351"',
            '100644 "new\\nline"',
            '100644 "q\\"uote"',
            '100644 -dash',
            '100644 dir',
            '100644 kept',
            '100755 run.sh',
            '120000 dangling',
            '120000 out',
            '120000 up',
          ].sort(),
        );
        const again = await openWorktree(place(1, 2), { commit: made.commit });
        expect((await commit(again, made.commit)).changed).toBe(false);
        expect((await readdir(again.dir, { encoding: 'buffer' })).map(String).sort()).toHaveLength(11);
      },
    ));

  test('honours line endings of .gitattributes and nobody’s ignore file but the repository’s', () =>
    withBase(
      { '.gitattributes': '*.bat eol=crlf\n*.txt text\n', 'a.bat': 'x\r\n', '.gitignore': 'out/\n' },
      async ({ base, place }) => {
        const worktree = await openWorktree(place(1), { commit: base });
        expect(await readFile(path.join(worktree.dir, 'a.bat'), 'utf8')).toBe('x\r\n');
        await sh(worktree.dir, String.raw`printf 'a\r\nb\r\n' > b.txt; mkdir out; touch out/x .DS_Store`);
        const made = await commit(worktree, base);
        expect(made).toMatchObject({ files: 2, problems: [] });
        expect(await sh(worktree.hub.dir, `git show ${made.commit}:b.txt`)).toBe('a\nb');
        expect((await commit(worktree, made.commit)).changed).toBe(false);
      },
    ));

  test('takes what it can and says what it could not', () =>
    withBase({ 'a.txt': 'a\n' }, async ({ base, place }) => {
      const worktree = await openWorktree(place(1), { commit: base });
      await sh(worktree.dir, 'mkdir git~1; touch git~1/config good');
      const made = await commit(worktree, base);
      expect(await names(worktree, made.commit)).toBe('100644 a.txt\n100644 good');
      expect(made.problems.join()).toMatch(/git~1/);
    }));
});

describe('discarding changes', () => {
  test('brings everything back but ignored files, and is quick when there is nothing', () =>
    withBase({ 'a.txt': 'a\n', 'b/c.txt': 'c\n', '.gitignore': 'out\n' }, async ({ base, place }) => {
      const worktree = await openWorktree(place(1), { commit: base });
      expect(await discardChanges(worktree, base)).toBe(false);
      await sh(
        worktree.dir,
        'echo x >> a.txt; rm -r b; mkdir n; touch n/f out; git init -q nested; echo "n" >> .gitignore; chmod +x a.txt',
      );
      expect(await discardChanges(worktree, base)).toBe(true);
      expect((await readdir(worktree.dir)).sort()).toEqual(['.gitignore', 'a.txt', 'b', 'out']);
      expect(await discardChanges(worktree, base)).toBe(false);
      expect((await openWorktree(place(1), { commit: base })).how).toBe('kept');
      expect((await commit(worktree, base)).changed).toBe(false);
    }));
});

describe('what a setup leaves', () => {
  test('is found as ignored paths, copied aside, and put into fresh worktrees without overwriting', () =>
    withBase(
      { 'a.txt': 'a\n', '.gitignore': 'node_modules\n*.log\n', 'lib/x.txt': 'x\n' },
      async ({ dir, base, place }) => {
        const first = await openWorktree(place(1), { commit: base });
        await sh(
          first.dir,
          String.raw`mkdir -p node_modules/.bin node_modules/m; echo m > node_modules/m/index.js; chmod +x node_modules/m/index.js
          ln -s ../m/index.js node_modules/.bin/m; echo l > lib/b.log; echo l > $'\xe9 -\n.log'; touch not-ignored`,
        );
        const paths = await ignoredPaths(first);
        expect(paths.toString('latin1').split('\0').sort()).toEqual([
          '',
          'lib/b.log',
          'node_modules/',
          'é -\n.log',
        ]);
        const cache = path.join(dir, 'cache');
        await copyIgnored(first.dir, cache, paths);
        expect((await readdir(cache)).length).toBe(3);
        await writeFile(path.join(cache, 'a.txt'), 'from the cache');
        const second = await openWorktree(place(1, 2), { commit: base, cacheFrom: cache });
        expect(await sh(second.dir, 'node_modules/.bin/m 2>/dev/null || readlink node_modules/.bin/m')).toBe(
          '../m/index.js',
        );
        expect(await readFile(path.join(second.dir, 'a.txt'), 'utf8')).toBe('a\n');
        await sh(second.dir, 'echo changed > node_modules/m/index.js');
        expect(await sh(cache, 'cat node_modules/m/index.js; stat -c %a node_modules/m/index.js')).toBe(
          'm\n755',
        );
        expect((await commit(second, base)).changed).toBe(false);
      },
    ));
});
