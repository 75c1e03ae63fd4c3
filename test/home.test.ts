import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { claimHome, homePaths, processStart, readServer, tuttiHome } from '../src/home.ts';
import type { Home } from '../src/home.ts';

const URL_1 = 'http://127.0.0.1:8700';

test('the home is TUTTI_HOME, else .tutti in the home of the user', () => {
  expect(tuttiHome({ TUTTI_HOME: '/srv/tutti' })).toBe('/srv/tutti');
  expect(tuttiHome({ HOME: '/home/ana' })).toBe('/home/ana/.tutti');
  expect(tuttiHome({ TUTTI_HOME: '' })).toBe(path.join(homedir(), '.tutti'));
});

test('a second claim of a home names the first, and may follow its release', () =>
  withHome((home) => {
    const claim = claimHome(home, { url: URL_1 });
    expect(() => claimHome(home, { url: 'http://127.0.0.1:8701' })).toThrow(
      new RegExp(`already has a server: ${URL_1} \\(pid ${process.pid}\\)`),
    );
    expect(readServer(home)).toMatchObject({ url: URL_1, pid: process.pid });
    claim.update('http://127.0.0.1:9999');
    expect(readServer(home)?.url).toBe('http://127.0.0.1:9999');
    expect(statSync(home.server).mode & 0o777).toBe(0o600);
    claim.release();
    claim.release();
    expect(existsSync(home.server)).toBe(false);
    expect(readServer(home)).toBeNull();
    claimHome(home, { url: URL_1 }).release();
  }));

test('a claim whose process is gone, or whose pid is another process now, is replaced', () =>
  withHome(async (home) => {
    const pid = await endedPid();
    for (const left of [{ pid, startedAt: 'x' }, { pid: process.pid, startedAt: 'earlier' }, 'broken']) {
      writeFileSync(home.server, typeof left === 'string' ? left : JSON.stringify({ url: URL_1, ...left }));
      expect(readServer(home)).toBeNull();
      const claim = claimHome(home, { url: URL_1 });
      expect(readServer(home)).toMatchObject({ pid: process.pid, startedAt: processStart(process.pid) });
      claim.release();
    }
  }));

test('the release of a claim that another process has taken over leaves that one alone', () =>
  withHome((home) => {
    const claim = claimHome(home, { url: URL_1 });
    const other = JSON.stringify({ url: URL_1, pid: 1, startedAt: processStart(1) });
    writeFileSync(home.server, other);
    claim.release();
    expect(readFileSync(home.server, 'utf8')).toBe(other);
  }));

async function withHome(use: (home: Home) => void | Promise<void>): Promise<void> {
  const root = mkdtempSync(path.join(tmpdir(), 'tutti-home-'));
  try {
    await use(homePaths(root));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function endedPid(): Promise<number> {
  const child = spawn('true');
  await new Promise((resolve) => child.once('exit', resolve));
  return child.pid ?? 0;
}
