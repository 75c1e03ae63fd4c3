import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findTemporal } from '../../src/embedded/find.ts';
import { tooOld } from '../../src/embedded/version.ts';
import { homePaths } from '../../src/home.ts';
import type { AddressInfo } from 'node:net';
import type { RequestListener } from 'node:http';

const NEW = '#!/bin/sh\necho "temporal version 1.6.0 (Server 1.30.0, UI 2.45.0)"\n';
const OLD = '#!/bin/sh\necho "temporal version 1.2.0 (Server 1.26.2, UI 2.34.0)"\n';
const NOWHERE = { url: 'http://127.0.0.1:9/cli/default', silenceMs: 5_000 };

describe('looking for a Temporal server', () => {
  test('one on PATH that is new enough is taken, and nothing is written', () =>
    withFolder(async (folder) => {
      const program = script(folder, 'bin/temporal', NEW);
      expect(await find(folder)).toEqual({ found: program, lines: [] });
      expect(readdirSync(path.join(folder, 'home/temporal/bin'))).toEqual([]);
    }));

  test('one on PATH that is too old is passed over, and it is said', () =>
    withFolder(async (folder) => {
      script(folder, 'bin/temporal', OLD);
      const cached = script(folder, 'home/temporal/bin/temporal', NEW);
      const { found, lines } = await find(folder);
      expect(found).toBe(cached);
      expect(lines).toEqual([
        expect.stringMatching(/bin\/temporal is older than 1\.5: temporal version 1\.2\.0/),
      ]);
    }));

  test('a download is unpacked into the home', () =>
    withFolder((folder) =>
      withArchive(folder, async (url) => {
        const { found, lines } = await find(folder, { url, silenceMs: 5_000 });
        expect(found).toBe(path.join(folder, 'home/temporal/bin/temporal'));
        expect(readFileSync(found, 'utf8')).toBe(NEW);
        expect(lines).toContain(`Downloading the Temporal CLI from ${url}`);
        expect(lines).toContain('  100 %');
        expect(readdirSync(path.dirname(found))).toEqual(['temporal']);
      }),
    ));

  test('a download that hangs is given up, and Go builds it', () =>
    withFolder((folder) =>
      withHttp(
        () => {},
        async (url) => {
          script(
            folder,
            'bin/go',
            `#!/bin/sh\necho "$@" > "$GOBIN/../arguments"\n/bin/cat ${fake(folder)} > "$GOBIN/temporal"\n/bin/chmod +x "$GOBIN/temporal"\n`,
          );
          const { found, lines } = await find(folder, { url, silenceMs: 200 });
          expect(found).toBe(path.join(folder, 'home/temporal/bin/temporal'));
          expect(lines.join('\n')).toMatch(/nothing arrived for 0\.2 s\nBuilding the Temporal CLI/);
          expect(readFileSync(path.join(folder, 'home/temporal/arguments'), 'utf8')).toBe(
            'install github.com/temporalio/cli/cmd/temporal@v1.5.1\n',
          );
        },
      ),
    ));

  test('when nothing works the error names all four ways with their reasons', () =>
    withFolder(async (folder) => {
      script(folder, 'bin/temporal', OLD);
      script(folder, 'bin/go', '#!/bin/sh\necho "go: module lookup disabled" >&2\nexit 1\n');
      await expect(find(folder, NOWHERE)).rejects.toThrow(
        /Tried:\n {2}- temporal on PATH: .* older than 1\.5.*\n {2}- cached at .*: there is none\n {2}- download from http:\/\/127\.0\.0\.1:9\/cli\/default: fetch failed: .+\n {2}- go install .*: go: module lookup disabled\nInstall/,
      );
      rmSync(path.join(folder, 'bin'), { recursive: true });
      await expect(find(folder, NOWHERE)).rejects.toThrow(
        /temporal on PATH: there is none\n[\s\S]*go install .*: there is no go on PATH\n/,
      );
    }));

  test('a broken archive and a strange answer are reasons, and leave nothing behind', () =>
    withFolder((folder) =>
      withHttp(
        (request, response) => {
          if (request.url === '/archive') response.end('this is no archive');
          else if (request.url?.startsWith('/strange')) response.end('{}');
          else
            response.end(
              JSON.stringify({
                archiveUrl: `http://${request.headers.host}/archive`,
                fileToExtract: 'temporal',
              }),
            );
        },
        async (url) => {
          await expect(find(folder, { url, silenceMs: 5_000 })).rejects.toThrow(/could not be unpacked/);
          await expect(find(folder, { url: `${url}/strange`, silenceMs: 5_000 })).rejects.toThrow(
            /strange does not say where the archive is/,
          );
          expect(readdirSync(path.join(folder, 'home/temporal/bin'))).toEqual([]);
          expect(existsSync(path.join(folder, 'home/temporal/bin/temporal'))).toBe(false);
        },
      ),
    ));
});

test.each([
  ['temporal version 1.5.0 (Server 1.29.0, UI 2.41.0)', false],
  ['temporal version 1.4.1 (Server 1.28.0, UI 2.39.0)', true],
  ['temporal version 2.0.0 (Server 2.0.0, UI 3.0.0)', false],
  ['temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)', false],
  ['temporal version 0.0.0-DEV (Server 1.27.0, UI 2.36.0)', true],
  ['something else', true],
])('of %j it is %s that it is too old', (output, expected) => expect(tooOld(output)).toBe(expected));

async function find(folder: string, download = NOWHERE) {
  const lines: string[] = [];
  const env = { PATH: path.join(folder, 'bin') };
  const home = homePaths(path.join(folder, 'home'));
  const found = await findTemporal({ home, env, download, onProgress: (line) => lines.push(line) });
  return { found, lines: lines.filter((line) => !line.endsWith('there is none')) };
}

function script(folder: string, name: string, text: string): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

const fake = (folder: string) => script(folder, 'fake/temporal', NEW);

/** What the official download answers: where the archive is and what to take out of it. */
function withArchive(folder: string, use: (url: string) => Promise<void>): Promise<void> {
  const archive = path.join(folder, 'temporal.tar.gz');
  execFileSync('tar', ['-czf', archive, '-C', path.dirname(fake(folder)), 'temporal']);
  return withHttp((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/archive')
      response.setHeader('content-length', readFileSync(archive).length).end(readFileSync(archive));
    else if (searchParams.get('format') !== 'tar.gz' || !searchParams.has('platform'))
      response.writeHead(400).end();
    else
      response.end(
        JSON.stringify({ archiveUrl: `http://${request.headers.host}/archive`, fileToExtract: 'temporal' }),
      );
  }, use);
}

async function withHttp(listener: RequestListener, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tutti-find-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
