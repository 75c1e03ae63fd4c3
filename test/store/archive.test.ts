import { archiveJob, dropJobRefs, entombJob, listArchived, readArchived } from '../../src/store/archive.ts';
import { jobRefs } from '../../src/store/attempt-refs.ts';
import { getDocument, putDocument, readDocuments } from '../../src/store/documents.ts';
import { JOBS_HUB, hubNameOf, openHub } from '../../src/store/hub.ts';
import { listRefs, readRef } from '../../src/store/refs.ts';
import { packHub } from '../../src/store/hub.ts';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { sh, withHub } from '../support/repository.ts';

const record = (createdAt: number, state: string): Parameters<typeof archiveJob>[2] => ({
  createdAt,
  closedAt: createdAt + 5,
  title: 'A title\nof two lines',
  summary: { state },
  files: { status: { state }, plan: { tasks: [] } },
});

describe('the archive of closed jobs', () => {
  test('gives back what was put in, and a later record replaces an earlier one', () =>
    withHub(async (hub) => {
      await archiveJob(hub, 'j1', record(1_000, 'completed_with_failures'));
      await archiveJob(hub, 'j1', record(1_000, 'completed'));
      const archived = await readArchived(hub, 'j1');
      if (archived === null || archived.deleted) throw new Error('it is not archived');
      expect([archived.createdAt, archived.closedAt, archived.summary]).toEqual([
        1_000,
        1_005,
        { state: 'completed' },
      ]);
      expect(await archived.read('status')).toEqual({ state: 'completed' });
      expect(await archived.read('commands')).toBeUndefined();
      expect(await archiveJob(hub, 'j1', record(1_000, 'completed'))).toBe(archived.commit);
      expect(await readArchived(hub, 'j2')).toBeNull();
      expect(await sh(hub.dir, 'git log -1 --format=%s refs/tutti/jobs/j1')).toBe('A title of two lines');
    }));

  test('lists by creation, newest first, and goes on after a position', () =>
    withHub(async (hub) => {
      for (const [id, at] of [
        ['ja', 1],
        ['jb', 3],
        ['jc', 2],
        ['jd', 2],
      ] as const)
        await archiveJob(hub, id, record(at, 'completed'));
      await entombJob(hub, 'jb', 9);
      const all = await listArchived(hub, { limit: 10 });
      expect(all.map((item) => item.jobId)).toEqual(['jc', 'jd', 'ja']);
      await packHub(hub);
      const rest = await listArchived(hub, { before: { createdAt: 2, jobId: 'jc' }, limit: 1 });
      expect(rest.map((item) => item.jobId)).toEqual(['jd']);
    }));

  test('keeps a tombstone against late records', () =>
    withHub(async (hub) => {
      await archiveJob(hub, 'j1', record(1, 'completed'));
      await entombJob(hub, 'j1', 7);
      await archiveJob(hub, 'j1', record(1, 'completed'));
      expect(await readArchived(hub, 'j1')).toEqual({ deleted: true, at: 7 });
    }));
});

describe('documents', () => {
  test('are kept by their ref through packing, in order, and go with the job', () =>
    withHub(async (hub) => {
      const { spec, events } = jobRefs('j0');
      const sha = await putDocument(hub, spec, 'spec.json', { title: 'é' });
      await Promise.all([1, 2, 3, 4, 5, 6].map((n) => putDocument(hub, events, 'events.json', [n])));
      await packHub(hub);
      await sh(hub.dir, 'git prune --expire=now');
      expect(await getDocument(hub, sha)).toEqual({ title: 'é' });
      const values = (await readDocuments(hub, events)).map((document) => document.value);
      expect(new Set(values.flat())).toEqual(new Set([1, 2, 3, 4, 5, 6]));
      expect(await readDocuments(hub, jobRefs('j0').verify)).toEqual([]);
      expect(await dropJobRefs(hub, 'j0')).toEqual([events, spec]);
      expect(await listRefs(hub, 'refs/tutti/')).toEqual([]);
      expect(await readRef(hub, spec)).toBeNull();
      await expect(getDocument(hub, 'a'.repeat(40))).rejects.toThrow(/no document/);
    }));
});

describe('hubs', () => {
  test('are made once, by whoever comes first', () =>
    withHub(async (_, dir) => {
      const hubs = path.join(dir, 'more');
      const opened = await Promise.all(Array.from({ length: 8 }, () => openHub(hubs, JOBS_HUB)));
      expect(new Set(opened.map((hub) => hub.dir))).toEqual(new Set([path.join(hubs, 'jobs.git')]));
      expect(await readdir(hubs)).toEqual(['jobs.git']);
      expect(await sh(path.join(hubs, 'jobs.git'), 'git rev-parse --is-bare-repository')).toBe('true');
      await expect(openHub(hubs, '../x')).rejects.toThrow(/not the name of a hub/);
    }));

  test('are named after their source, and apart from others of the same name', () => {
    expect(hubNameOf('/home/ana/My Project')).toMatch(/^my-project-[0-9a-f]{8}$/);
    expect(hubNameOf('https://example.org/ana/app.git')).toMatch(/^app-[0-9a-f]{8}$/);
    expect(hubNameOf('git@example.org:app')).toMatch(/^app-/);
    expect(hubNameOf('/')).toMatch(/^repository-/);
    expect(hubNameOf('/a/app')).not.toBe(hubNameOf('/b/app'));
  });
});
