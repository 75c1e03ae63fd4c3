import { existsSync } from 'node:fs';
import { utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fetchBase, resolveSource } from '../../src/store/source.ts';
import { readObject } from '../../src/store/objects.ts';
import { makeRepository, withHub } from '../support/repository.ts';

test('jobs that begin at once on a new source fetch its commit one after the other', () =>
  withHub(async (hub, dir) => {
    await makeRepository(path.join(dir, 'repo'));
    const { source } = await resolveSource({ path: path.join(dir, 'repo') });
    await Promise.all(Array.from({ length: 8 }, (_, n) => fetchBase(hub, source, `j00000000${n}`)));
    expect(await readObject(hub, source.baseSha)).toMatchObject({ type: 'commit' });
  }));

test('a lock that a killed fetch left is removed, a young one is not', () =>
  withHub(async (hub, dir) => {
    await makeRepository(path.join(dir, 'repo'));
    const { source } = await resolveSource({ path: path.join(dir, 'repo') });
    const lock = path.join(hub.dir, 'shallow.lock');
    await writeFile(lock, '');
    await expect(fetchBase(hub, source, 'j000000001')).rejects.toMatchObject({
      code: 'repository_unreachable',
    });
    expect(existsSync(lock)).toBe(true);
    const old = new Date(Date.now() - 120_000);
    await utimes(lock, old, old);
    await fetchBase(hub, source, 'j000000001');
    expect(await readObject(hub, source.baseSha)).toMatchObject({ type: 'commit' });
  }));
