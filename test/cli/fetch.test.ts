import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fingerprint, makeRepository, sh } from '../support/repository.ts';
import { installTraps } from '../support/traps.ts';
import { finished, JOB } from './samples.ts';
import { withFakeApi } from './fake-api.ts';
import { withTerminal } from './terminal.ts';
import type { FakeApi } from './fake-api.ts';
import type { Terminal } from './terminal.ts';

const BRANCH = `tutti/${JOB}`;

interface Source {
  readonly base: string;
  /** Commits the text to a file in the server's copy, and serves everything since the base. */
  readonly merge: (name: string, text: string | Buffer) => Promise<void>;
}

/** A clone that the command is called in, and a job of the same source whose branch the server keeps. */
const withJob = (use: (given: { api: FakeApi; terminal: Terminal; source: Source }) => Promise<void>) =>
  withFakeApi((api) =>
    withTerminal({ url: api.url }, async (terminal) => {
      const kept = path.join(terminal.dir, 'kept');
      const clone = path.join(terminal.dir, 'clone');
      const base = await makeRepository(kept, { 'a.txt': 'a\n' });
      await sh(terminal.dir, 'git clone -q kept clone');
      Object.assign(terminal.io, { cwd: clone });
      api.become(
        finished({
          base_sha: base,
          repository: { path: null, url: 'https://example.org/shop.git', base: 'main' },
          delivery: { branch: BRANCH, state: 'kept', reason: null },
        }),
      );
      const merge = async (name: string, text: string | Buffer) => {
        await writeFile(path.join(kept, name), text);
        await sh(kept, `git add -A && git commit -q -m '[fix] add ${name}' -m 'Tutti-Job: ${JOB}'`);
        await sh(kept, `git format-patch --stdout --binary --full-index ${base}..HEAD > ../mails`);
        const { readFile } = await import('node:fs/promises');
        const mails = await readFile(path.join(terminal.dir, 'mails'));
        api.answer('diff', () => ({ text: mails, type: 'application/mbox' }));
      };
      await use({ api, terminal, source: { base, merge } });
    }),
  );

const clonePath = ({ dir }: Terminal) => path.join(dir, 'clone');

test('it brings the branch, with messages and bytes as they are, and touches nothing else', () =>
  withJob(async ({ api, terminal, source }) => {
    const clone = clonePath(terminal);
    await source.merge('b.bin', Buffer.from([0, 1, 0xff, 0xe9, 10]));
    await source.merge('c.txt', 'one\r\ntwo\r\n');
    const traps = await installTraps(clone, terminal.dir);
    await writeFile(path.join(clone, 'a.txt'), 'being edited\n');
    const before = await fingerprint(clone);
    expect(await terminal.tutti('fetch', JOB)).toBe(0);
    expect(terminal.stdout()).toBe(`${BRANCH}\n`);
    expect(api.requests('diff')[0]?.query).toEqual({ format: 'mbox' });
    const kept = path.join(terminal.dir, 'kept');
    expect(await sh(clone, `git rev-parse '${BRANCH}^{tree}'`)).toBe(
      await sh(kept, "git rev-parse 'HEAD^{tree}'"),
    );
    expect(await sh(clone, `git log --format=%s ${source.base}..${BRANCH}`)).toBe(
      '[fix] add c.txt\n[fix] add b.bin',
    );
    expect(await sh(clone, `git log -1 --format=%an ${BRANCH}`)).toBe('Ana');
    const after = await fingerprint(clone);
    const changed = Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name]);
    expect(
      changed.filter((name) => !name.startsWith('.git/refs/heads/tutti') && !name.startsWith('.git/logs')),
    ).toEqual([]);
    expect(
      (await traps.sprung()).filter((name) => /^(pre|post|applypatch|commit|reference|prepare)/.test(name)),
    ).toEqual([]);
  }));

test('fetched again after more merges the branch moves forward, and else stays the same commit', () =>
  withJob(async ({ terminal, source }) => {
    const clone = clonePath(terminal);
    const head = () => sh(clone, `git rev-parse ${BRANCH}`);
    await source.merge('b.txt', 'b\n');
    expect(await terminal.tutti('fetch', JOB)).toBe(0);
    const first = await head();
    expect(await terminal.tutti('fetch', JOB)).toBe(0);
    expect(await head()).toBe(first);
    await source.merge('c.txt', 'c\n');
    expect(await terminal.tutti('fetch', JOB)).toBe(0);
    expect(await sh(clone, `git rev-parse ${BRANCH}~1`)).toBe(first);
  }));

test('a branch that is checked out or has commits of its own is left alone', () =>
  withJob(async ({ terminal, source }) => {
    const clone = clonePath(terminal);
    await source.merge('b.txt', 'b\n');
    expect(await terminal.tutti('fetch', JOB)).toBe(0);
    await sh(clone, `git checkout -q ${BRANCH} && echo mine > mine && git add -A && git commit -q -m mine`);
    const mine = await sh(clone, 'git rev-parse HEAD');
    await source.merge('c.txt', 'c\n');
    expect(await terminal.tutti('fetch', JOB)).toBe(1);
    expect(terminal.stderr()).toContain('is checked out');
    await sh(clone, 'git checkout -q main');
    expect(await terminal.tutti('fetch', JOB)).toBe(1);
    expect(terminal.stderr()).toContain('has commits that the job does not know');
    expect(await sh(clone, `git rev-parse ${BRANCH}`)).toBe(mine);
    expect(await sh(clone, 'git worktree list | wc -l')).toMatch(/^\s*1$/);
  }));

test('outside of a repository, in one without the base, or before a merge it says what to do', () =>
  withJob(async ({ api, terminal, source }) => {
    api.answer('diff', () => ({ text: '', type: 'application/mbox' }));
    expect(await terminal.tutti('fetch', JOB)).toBe(1);
    expect(terminal.stderr()).toContain('has merged nothing yet');
    await source.merge('b.txt', 'b\n');
    const other = path.join(terminal.dir, 'other');
    await makeRepository(other, { 'x.txt': 'x' });
    await sh(other, 'git commit -q --amend -m other');
    Object.assign(terminal.io, { cwd: other });
    api.become(
      finished({ base_sha: source.base, repository: { path: '/srv/shop', url: null, base: 'main' } }),
    );
    expect(await terminal.tutti('fetch', JOB)).toBe(1);
    expect(terminal.stderr()).toContain('Fetch it from /srv/shop first.');
    Object.assign(terminal.io, { cwd: '/' });
    expect(await terminal.tutti('fetch', JOB)).toBe(1);
    expect(terminal.stderr()).toContain('is in no git repository');
  }));
