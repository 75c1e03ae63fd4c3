import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ErrorCode } from '../../src/domain/errors.ts';
import { OrchestratorError } from '../../src/domain/errors.ts';
import { jobRefs } from '../../src/store/attempt-refs.ts';
import { hubNameOf } from '../../src/store/hub.ts';
import { readRef } from '../../src/store/refs.ts';
import { createRepository, fetchBase, resolveSource } from '../../src/store/source.ts';
import type { ResolveOptions, SourceRequest } from '../../src/store/source.ts';
import { installTraps } from '../support/traps.ts';
import { fingerprint, makeRepository, sh, withHub } from '../support/repository.ts';

async function refusal(
  request: SourceRequest,
  options?: ResolveOptions,
): Promise<{ code: ErrorCode; detail: string; pointer: string | undefined }> {
  const error = await resolveSource(request, options).then(
    () => null,
    (error: unknown) => error,
  );
  if (!(error instanceof OrchestratorError)) throw new Error(`not refused as it should be: ${String(error)}`);
  return { code: error.code, detail: error.message, pointer: error.extra.errors?.[0]?.pointer };
}

describe('a path as source', () => {
  test('is pinned to its commit from anywhere inside, and uncommitted files are counted', () =>
    withHub(async (_, dir) => {
      const root = path.join(dir, 'repo');
      const first = await makeRepository(root, { 'src/a.ts': 'a\n', '.gitignore': 'dist\n' });
      const head = await sh(root, 'git commit -q --allow-empty -m second; git tag v1; git rev-parse HEAD');
      await sh(root, 'echo b >> src/a.ts; echo c > new.ts; echo d > dist');
      await symlink(root, path.join(dir, 'link'));
      const hub = hubNameOf(root);
      expect(await resolveSource({ path: path.join(dir, 'link/src') })).toEqual({
        source: { kind: 'path', path: root, base: 'main', baseSha: head, hub },
        root,
        defaultBase: 'main',
        dirtyFiles: 2,
      });
      for (const base of ['main~1', first, first.slice(0, 10)])
        expect((await resolveSource({ path: root, base })).source).toMatchObject({ base, baseSha: first });
      expect((await resolveSource({ path: root, base: 'v1' })).source.baseSha).toBe(head);
      await sh(root, 'git checkout -q --detach');
      expect(await resolveSource({ path: root })).toMatchObject({
        defaultBase: null,
        source: { base: head },
      });
    }));

  test('may be a linked worktree, a submodule, a shallow or a bare repository', () =>
    withHub(async (hub, dir) => {
      const root = path.join(dir, 'repo');
      await makeRepository(root);
      await sh(root, 'git commit -q --allow-empty -m second');
      await sh(
        dir,
        `git -C repo worktree add -q ../linked -b side
        git clone -q --depth 1 file://${root} shallow
        git clone -q --bare repo bare.git
        git init -q -b main outer && cd outer && git -c protocol.file.allow=always submodule --quiet add ../repo sub && git commit -qm sub`,
      );
      for (const [name, index] of [
        ['linked', 1],
        ['shallow', 2],
        ['bare.git', 3],
        ['outer/sub', 4],
        ['outer', 5],
      ] as const) {
        const { source, root: top } = await resolveSource({ path: path.join(dir, name) });
        expect(top).toBe(path.join(dir, name));
        await fetchBase(hub, source, `j${index}`);
        expect(await readRef(hub, jobRefs(`j${index}`).integration)).toBe(source.baseSha);
        await sh(hub.dir, `git rev-list --objects ${source.baseSha}`);
      }
    }));

  test('is refused with its reason', () =>
    withHub(async (_, dir) => {
      const root = path.join(dir, 'repo');
      await makeRepository(root);
      await mkdir(path.join(dir, 'plain'));
      await sh(dir, 'git init -q empty; touch file');
      const cases: [SourceRequest, RegExp, string][] = [
        [{ path: path.join(dir, 'none') }, /does not exist/, '/repository/path'],
        [{ path: path.join(dir, 'plain') }, /is not a git repository/, '/repository/path'],
        [{ path: path.join(dir, 'file') }, /is not a folder/, '/repository/path'],
        [{ path: path.join(dir, 'empty') }, /has no commits/, '/repository/path'],
        [{ path: path.join(root, '.git/objects') }, /metadata/, '/repository/path'],
        [{ path: 'repo' }, /not absolute/, '/repository/path'],
        [{ path: `${root}\0` }, /not a possible path/, '/repository/path'],
        [{ path: root, base: 'none' }, /base "none" is not found/, '/repository/base'],
        [{ path: root, base: 'HEAD:readme.md' }, /is not the name of/, '/repository/base'],
        [{ path: root, base: '--upload-pack=x' }, /is not the name of/, '/repository/base'],
        [{ path: root, base: 'a b' }, /is not the name of/, '/repository/base'],
        [{ path: root, base: 'a'.repeat(10_000) }, /is not the name of/, '/repository/base'],
        [{ path: root, base: '' }, /is not the name of/, '/repository/base'],
        [{}, /either a path or a url/, '/repository'],
        [{ path: root, url: 'https://example.org/x' }, /either a path or a url/, '/repository'],
      ];
      for (const [request, reason, pointer] of cases) {
        const refused = await refusal(request);
        expect(refused).toMatchObject({ code: 'repository_unusable', pointer });
        expect(refused.detail).toMatch(reason);
      }
    }));

  test('must be allowed, by what its name really means', () =>
    withHub(async (_, dir) => {
      const inside = path.join(dir, 'ok/repo');
      const outside = path.join(dir, 'ok2');
      await makeRepository(inside);
      await makeRepository(outside);
      await symlink(outside, path.join(dir, 'ok/link'));
      const allow = [path.join(dir, 'ok'), 'https://example.org/ana/'];
      expect((await resolveSource({ path: inside }, { allow })).root).toBe(inside);
      for (const request of [
        { path: outside },
        { path: path.join(dir, 'ok/link') },
        { path: path.join(dir, 'none') },
        { url: 'https://example.org/anatole/x' },
      ])
        expect((await refusal(request, { allow })).code).toBe('repository_not_allowed');
    }));
});

describe('a url as source', () => {
  test('is read by its default branch, a branch, a tag or a full hash', () =>
    withHub(async (hub, dir) => {
      const root = path.join(dir, 'repo');
      const first = await makeRepository(root);
      const head = await sh(
        root,
        'git tag -a v1 -m v1; git commit -q --allow-empty -m 2; git branch side; git rev-parse HEAD',
      );
      const url = `file://${root}`;
      expect(await resolveSource({ url })).toEqual({
        source: { kind: 'url', url, base: 'main', baseSha: head, hub: hubNameOf(url) },
        root: null,
        defaultBase: 'main',
        dirtyFiles: 0,
      });
      for (const [base, sha] of [
        ['v1', first],
        ['side', head],
        [first, first],
      ] as const) {
        const { source } = await resolveSource({ url, base });
        expect(source.baseSha).toBe(sha);
        await fetchBase(hub, source, `j${base}`);
      }
      expect(await refusal({ url, base: 'none' })).toMatchObject({ pointer: '/repository/base' });
      expect(await refusal({ url: `${url}x` })).toMatchObject({
        code: 'repository_unusable',
        pointer: '/repository/url',
      });
      const gone = { kind: 'url', url, base: 'x', baseSha: 'b'.repeat(40), hub: hub.name } as const;
      await expect(fetchBase(hub, gone, 'jgone')).rejects.toMatchObject({ code: 'repository_unusable' });
      const nobody = { ...gone, url: 'http://127.0.0.1:1/x' };
      await expect(fetchBase(hub, nobody, 'jgone')).rejects.toMatchObject({ code: 'repository_unreachable' });
    }));

  test('is refused when it is strange', async () => {
    const strange = [
      'ext::sh -c touch% /tmp/x',
      'ext::id',
      'fd::17',
      '-oProxyCommand=id',
      '--upload-pack=id',
      'ssh://-oProxyCommand=id/x',
      'https://ana@-x/y',
      '-x@host:path',
      'host:-path',
      'ftp://example.org/x',
      'https://',
      'file://host',
      '/etc',
      '',
      'https://example.org/a b',
      'https://example.org/\n',
      `https://example.org/${'a'.repeat(3_000)}`,
      'https://ana:secret@example.org/x',
    ];
    for (const url of strange)
      expect(await refusal({ url })).toMatchObject({
        code: 'repository_unusable',
        pointer: '/repository/url',
      });
    expect((await refusal({ url: 'https://ana:secret@example.org/x' })).detail).not.toMatch(/secret/);
  });
});

describe('what is the user’s', () => {
  test('stays byte for byte as it was, and nothing that it names is run', () =>
    withHub(async (hub, dir) => {
      const root = path.join(dir, 'repo');
      await makeRepository(root, { 'a.txt': 'a\n', '.gitattributes': '*.txt filter=trap diff=trap\n' });
      const { sprung } = await installTraps(root, dir);
      await writeFile(path.join(root, 'a.txt'), 'b\n');
      const before = await fingerprint(root);
      const { source, dirtyFiles } = await resolveSource({ path: root });
      await fetchBase(hub, source, 'j1');
      expect(dirtyFiles).toBe(1);
      expect(await fingerprint(root)).toEqual(before);
      expect(await sprung()).toEqual([]);
    }));
});

describe('a new repository', () => {
  test('has one empty commit, and is answered again', () =>
    withHub(async (hub, dir) => {
      const made = path.join(dir, 'new/one');
      const created = await createRepository(made);
      expect(created.source).toMatchObject({ kind: 'new', path: made, base: 'main' });
      expect((await createRepository(made)).source).toEqual(created.source);
      expect(await sh(made, 'git status --porcelain=v1 -b; git ls-files; git rev-list --count HEAD')).toBe(
        '## main\n1',
      );
      await fetchBase(hub, created.source, 'j1');
      await writeFile(path.join(dir, 'new/file'), '');
      await expect(createRepository(path.join(dir, 'new'))).rejects.toThrow(/is not empty/);
    }));
});
