import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { git, GitError } from '../../src/store/git.ts';
import { packHub } from '../../src/store/hub.ts';
import {
  blobObject,
  commitObject,
  readCommit,
  readFileAt,
  readObject,
  readTree,
  storeObjects,
  treeObject,
} from '../../src/store/objects.ts';
import { moveRefs } from '../../src/store/refs.ts';
import type { Hub } from '../../src/store/hub.ts';
import { sh, withHub } from '../support/repository.ts';

async function storeSample(hub: Hub): Promise<{ commit: string; blob: string }> {
  const blob = blobObject('text\n');
  const inner = treeObject([{ mode: '100644', name: 'b.txt', sha: blob.sha }]);
  // Git sorts the folder `a` after `a.txt`, because it compares it as `a/`.
  const tree = treeObject([
    { mode: '40000', name: 'a', sha: inner.sha },
    { mode: '100755', name: 'a.txt', sha: blob.sha },
    { mode: '120000', name: 'é', sha: blob.sha },
  ]);
  const commit = commitObject({
    tree: tree.sha,
    parents: [],
    message: 'One\n\n{"a":1}',
    at: 1_700_000_000_999,
  });
  await storeObjects(hub, [blob, inner, tree, commit]);
  return { commit: commit.sha, blob: blob.sha };
}

describe('objects that we write ourselves', () => {
  test('are what git itself would have written, and pass its check', () =>
    withHub(async (hub) => {
      const { commit } = await storeSample(hub);
      await moveRefs(hub, [{ ref: 'refs/tutti/j/base', to: commit, from: null }]);
      expect(await sh(hub.dir, 'git fsck --strict --no-dangling 2>&1 | grep -v unborn || true')).toBe('');
      expect(await sh(hub.dir, `git ls-tree -r --name-only -z ${commit} | tr '\\0' ' '`)).toBe(
        'a.txt a/b.txt é',
      );
      expect(await sh(hub.dir, `git log -1 --format='%s|%b|%ct|%an' ${commit}`)).toBe(
        'One|{"a":1}\n|1700000000|Tutti',
      );
    }));

  test('read the same loose and packed', () =>
    withHub(async (hub) => {
      const { commit, blob } = await storeSample(hub);
      const read = async (): Promise<unknown> => [
        await readCommit(hub, commit),
        await readTree(hub, (await readCommit(hub, commit)).tree),
        String(await readFileAt(hub, commit, 'a/b.txt')),
        await readFileAt(hub, commit, 'a/none'),
        (await readObject(hub, blob))?.type,
        await readObject(hub, 'f'.repeat(40)),
      ];
      const loose = await read();
      await moveRefs(hub, [{ ref: 'refs/tutti/j/base', to: commit, from: null }]);
      await packHub(hub);
      expect((await readdir(path.join(hub.dir, 'objects'))).filter((name) => name.length === 2)).toEqual([]);
      expect(await read()).toEqual(loose);
    }));

  test('are refused over the limit, and the next question is answered', () =>
    withHub(async (hub) => {
      const large = blobObject('x'.repeat(300_000));
      const small = blobObject('small');
      await storeObjects(hub, [large, small]);
      await expect(readObject(hub, large.sha, 1_000)).rejects.toThrow(/larger than 1000/);
      await sh(
        hub.dir,
        `printf '%s\\n' ${large.sha} ${small.sha} | git pack-objects -q objects/pack/pack && git prune-packed`,
      );
      await expect(readObject(hub, large.sha, 1_000)).rejects.toThrow(/larger than 1000/);
      expect(String((await readObject(hub, small.sha))?.body)).toBe('small');
      expect((await readObject(hub, large.sha))?.body.length).toBe(300_000);
    }));

  test('can be read many at a time through one process', () =>
    withHub(async (hub) => {
      const blobs = Array.from({ length: 200 }, (_, index) => blobObject(`${index} `.repeat(index * 50)));
      await storeObjects(hub, blobs);
      await sh(
        hub.dir,
        `find objects -path 'objects/??/*' | sed 's,objects/,,;s,/,,' | git pack-objects -q objects/pack/pack && git prune-packed`,
      );
      const read = await Promise.all(blobs.map((blob) => readObject(hub, blob.sha)));
      expect(read.map((object) => object?.body.length)).toEqual(blobs.map((blob) => blob.body.length));
    }));
});

describe('git', () => {
  test('says what failed, with its words', () =>
    withHub(async (hub) => {
      const failure = await git(['rev-parse', '--verify', 'nothing'], { gitDir: hub.dir }).catch(
        (error) => error,
      );
      expect(failure).toBeInstanceOf(GitError);
      expect(failure).toMatchObject({ code: 128, args: ['rev-parse', '--verify', 'nothing'] });
      expect((failure as Error).message).toMatch(/fatal: Needed a single revision/);
    }));

  test('inherits no GIT_ variables and reads no configuration of user and system', () =>
    withHub(async (hub) => {
      process.env['GIT_DIR'] = '/nowhere';
      process.env['GIT_CONFIG_PARAMETERS'] = "'user.name=Mallory'";
      try {
        const { stdout } = await git(['config', '--list', '--show-scope'], { gitDir: hub.dir });
        expect(stdout.toString()).not.toMatch(/^(global|system)|Mallory/m);
      } finally {
        delete process.env['GIT_DIR'];
        delete process.env['GIT_CONFIG_PARAMETERS'];
      }
    }));

  test('ends with its signal, and refuses more output than asked for', () =>
    withHub(async (hub) => {
      const signal = AbortSignal.abort(new Error('enough'));
      await expect(git(['version'], { gitDir: hub.dir, signal })).rejects.toThrow('enough');
      const waiting = git(['-c', 'alias.wait=!sleep 60', 'wait'], {
        gitDir: hub.dir,
        signal: AbortSignal.timeout(50),
      });
      await expect(waiting).rejects.toThrow(/timeout/i);
      await expect(git(['help', '-a'], { gitDir: hub.dir, limit: 10 })).rejects.toThrow(/more than 10 bytes/);
    }));
});
