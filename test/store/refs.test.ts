import { readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { attemptHeads, attemptRefs, jobRefs, lastAttempt } from '../../src/store/attempt-refs.ts';
import { packHub } from '../../src/store/hub.ts';
import type { Hub } from '../../src/store/hub.ts';
import { EMPTY_TREE, commitObject, storeObjects } from '../../src/store/objects.ts';
import { listRefs, moveRefs, readRef } from '../../src/store/refs.ts';
import { sh, withHub } from '../support/repository.ts';

const A = 'refs/tutti/j0/t1/1/tree';
const B = 'refs/tutti/j0/t1/1/talk';

async function commits(hub: Hub, count: number): Promise<string[]> {
  const made = Array.from({ length: count }, (_, n) =>
    commitObject({ tree: EMPTY_TREE, parents: [], message: `c${n}`, at: n * 1000 }),
  );
  await storeObjects(hub, made);
  return made.map((commit) => commit.sha);
}

describe('moving refs', () => {
  test('moves all or none, with the old values as the lock', () =>
    withHub(async (hub) => {
      const [one = '', two = '', three = ''] = await commits(hub, 3);
      const start = [
        { ref: A, to: one, from: null },
        { ref: B, to: one, from: null },
      ];
      expect(await moveRefs(hub, start)).toBe('moved');
      const half = [
        { ref: A, to: two, from: one },
        { ref: B, to: two, from: three },
      ];
      expect(await moveRefs(hub, half)).toBe('lost');
      expect([await readRef(hub, A), await readRef(hub, B)]).toEqual([one, one]);
      expect(await moveRefs(hub, [{ ref: A, to: two, from: null }])).toBe('lost');
      expect(await moveRefs(hub, [{ ref: A, to: two, from: one }])).toBe('moved');
      expect(await moveRefs(hub, [{ ref: A, to: two, from: one }])).toBe('moved');
      expect(await sh(hub.dir, `git rev-parse ${A} ${B}`)).toBe(`${two}\n${one}`);
    }));

  test('deletes, and what was deleted can be made again', () =>
    withHub(async (hub) => {
      const [one = '', two = ''] = await commits(hub, 2);
      await moveRefs(hub, [{ ref: A, to: one, from: null }]);
      await packHub(hub);
      expect(await moveRefs(hub, [{ ref: A, to: null, from: two }])).toBe('lost');
      expect(await moveRefs(hub, [{ ref: A, to: null, from: one }])).toBe('moved');
      expect(await readRef(hub, A)).toBeNull();
      expect(await moveRefs(hub, [{ ref: 'refs/tutti/j0/t1', to: two, from: null }])).toBe('moved');
      expect(await readRef(hub, A)).toBeNull();
    }));

  test('has one winner among many racers, and the others know that they lost', () =>
    withHub(async (hub) => {
      const [start = '', ...racers] = await commits(hub, 30);
      await moveRefs(hub, [{ ref: A, to: start, from: null }]);
      const ends = await Promise.all(racers.map((to) => moveRefs(hub, [{ ref: A, to, from: start }])));
      expect(ends.filter((end) => end === 'moved')).toHaveLength(1);
      expect(await readRef(hub, A)).toBe(racers[ends.indexOf('moved')]);
    }));

  test('throws for a hash without an object, and goes on afterwards', () =>
    withHub(async (hub) => {
      const [one = ''] = await commits(hub, 1);
      await expect(moveRefs(hub, [{ ref: A, to: 'e'.repeat(40), from: null }])).rejects.toThrow(
        /nonexistent object/,
      );
      expect(await moveRefs(hub, [{ ref: A, to: one, from: null }])).toBe('moved');
    }));

  test('gets past a lock that a killed process left behind', () =>
    withHub(async (hub) => {
      const [one = '', two = ''] = await commits(hub, 2);
      await moveRefs(hub, [{ ref: A, to: one, from: null }]);
      const lock = path.join(hub.dir, `${A}.lock`);
      await writeFile(lock, '');
      await utimes(lock, new Date(0), new Date(0));
      expect(await moveRefs(hub, [{ ref: A, to: two, from: one }])).toBe('moved');
      expect(await readFile(path.join(hub.dir, A), 'utf8')).toBe(`${two}\n`);
    }));

  test('refuses names that are not refs of ours', () =>
    withHub(async (hub) => {
      for (const ref of ['refs/../HEAD', 'HEAD', 'refs/a.lock', 'refs//a', 'refs/a\nb', 'refs/-a'])
        await expect(readRef(hub, ref)).rejects.toThrow(/not the name of a ref/);
    }));
});

describe('reading refs', () => {
  test('finds them loose, packed, and packed with a newer loose value', () =>
    withHub(async (hub) => {
      const [one = '', two = ''] = await commits(hub, 2);
      await moveRefs(hub, [
        { ref: A, to: one, from: null },
        { ref: B, to: one, from: null },
        { ref: jobRefs('j00').base, to: one, from: null },
      ]);
      await packHub(hub);
      await moveRefs(hub, [{ ref: B, to: two, from: one }]);
      expect(await listRefs(hub, 'refs/tutti/j0/')).toEqual([
        { ref: B, sha: two },
        { ref: A, sha: one },
      ]);
      expect(await listRefs(hub, 'refs/none/')).toEqual([]);
    }));

  test('knows the heads of an attempt and the last attempt', () =>
    withHub(async (hub) => {
      const [one = ''] = await commits(hub, 1);
      for (const attempt of [2, 10])
        await moveRefs(hub, [{ ref: attemptRefs('j0', 't1', attempt).calls, to: one, from: null }]);
      expect(await lastAttempt(hub, 'j0', 't1')).toBe(10);
      expect(await lastAttempt(hub, 'j0', 't2')).toBe(0);
      expect(await attemptHeads(hub, 'j0', 't1', 2)).toEqual({ tree: null, talk: null, calls: one });
    }));
});
