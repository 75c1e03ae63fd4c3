import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { sandboxState } from '../../src/api/sandbox-state.ts';
import { startApi } from '../../src/api/server.ts';
import { loadConfig } from '../../src/config.ts';
import { createClient } from '../../src/contract/client.ts';
import { recordSandbox } from '../../src/worker/sandbox-record.ts';

async function withFolder(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'tutti-server-'));
  try {
    await use(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function runOf(dir: string, port: number) {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, TUTTI_HOME: path.join(dir, 'home'), TUTTI_PORT: `${port}` };
  const temporal = { connection: { address: '127.0.0.1:1' }, namespace: 'default' };
  const uiUrl = 'http://127.0.0.1:8234/';
  return { config: loadConfig({ env, cwd: dir }).config, temporal, uiUrl, log: pino({ level: 'silent' }) };
}

test('a server makes the token of its home, listens, and gives the port back', () =>
  withFolder(async (dir) => {
    const run = runOf(dir, 0);
    const api = await startApi(run);
    const token = (await readFile(run.config.home.token, 'utf8')).trim();
    expect((await stat(run.config.home.token)).mode & 0o777).toBe(0o600);
    const client = createClient({ url: api.url, token });
    expect((await client.providers()).providers.find((provider) => provider.default)?.id).toBe('outline');
    expect(await client.health()).toMatchObject({ status: 'ok' });
    await api.close();
    await expect(client.health()).rejects.toMatchObject({ code: 'unreachable' });
  }));

test('a port that is taken is said to be, with its owner and the way out', () =>
  withFolder(async (dir) => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(startApi(runOf(dir, port))).rejects.toThrow(
      new RegExp(`^Port ${port} is taken by .* \\(pid ${process.pid}\\).*--port`),
    );
    await new Promise((resolve) => other.close(resolve));
  }));

test('jobs are refused only while no host has a sandbox', () =>
  withFolder(async (dir) => {
    expect(await sandboxState(path.join(dir, 'nowhere'))).toBeNull();
    recordSandbox(path.join(dir, 'a'), { sandbox: null, reason: 'bwrap: not found', remedy: 'Install it' });
    expect((await sandboxState(dir))?.reason).toContain('bwrap: not found. Install it');
    recordSandbox(path.join(dir, 'b'), { sandbox: { driver: 'unshare' } });
    expect(await sandboxState(dir)).toBeNull();
    await mkdir(path.join(dir, 'c'));
    await writeFile(path.join(dir, 'c/other'), '');
    expect(await sandboxState(dir)).toBeNull();
  }));
