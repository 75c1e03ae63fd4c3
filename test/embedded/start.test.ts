import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';
import { registerSearchAttributes } from '../../src/embedded/search-attributes.ts';
import { startTemporal } from '../../src/embedded/start.ts';
import { homePaths, processStart } from '../../src/home.ts';
import { temporalBinary } from '../support/temporal.ts';
import type { TemporalServer } from '../../src/embedded/start.ts';
import type { Home } from '../../src/home.ts';

/** Below the ephemeral range, and not where a developer's own server is. */
const PORTS = { grpc: 21_234, ui: 22_234 };

test('the server knows our search attributes, keeps closed runs 30 days, and leaves no process', () =>
  withHome(async (home) => {
    const pid = await withServer(home, async (server) => {
      await withConnection(server, async (connection) => {
        const { customAttributes } = await connection.operatorService.listSearchAttributes({
          namespace: 'default',
        });
        expect(customAttributes).toMatchObject({
          TuttiKind: 2,
          TuttiJob: 2,
          TuttiState: 2,
          TuttiOwner: 2,
          TuttiCircle: 2,
          TuttiWaits: 7,
          TuttiCreatedAt: 6,
        });
        const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' });
        expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 86_400);
        await registerSearchAttributes(connection, 'default');
        await expect(registerSearchAttributes(connection, 'nowhere')).rejects.toThrow(
          /in namespace nowhere \(.*not found.*\)\. An operator .* has to run: temporal operator search-attribute create --namespace nowhere --name TuttiKind --type Keyword .* --name TuttiCreatedAt --type Datetime$/,
        );
      });
      expect((await fetch(server.uiUrl)).status).toBe(200);
      return server.pid;
    });
    expect(processStart(pid)).toBeNull();
  }));

test('a job that was started is still there after a restart, and is found by its attributes', () =>
  withHome(async (home) => {
    await withServer(home, (server) =>
      withConnection(server, async (connection) => {
        await new Client({ connection }).workflow.start('anything', {
          taskQueue: 'nobody',
          workflowId: 'job:one',
          typedSearchAttributes: [
            { key: defineSearchAttributeKey('TuttiKind', 'KEYWORD'), value: 'development' },
            { key: defineSearchAttributeKey('TuttiWaits', 'KEYWORD_LIST'), value: ['a', 'b'] },
            { key: defineSearchAttributeKey('TuttiCreatedAt', 'DATETIME'), value: new Date() },
          ],
        });
      }),
    );
    await withServer(home, (server) =>
      withConnection(server, async (connection) => {
        const client = new Client({ connection });
        expect((await client.workflow.getHandle('job:one').describe()).status.name).toBe('RUNNING');
        const { count } = await client.workflow.count('TuttiKind = "development" AND TuttiWaits = "b"');
        expect(count).toBe(1);
      }),
    );
  }));

test('another namespace gets the attributes by registering them', () =>
  withHome((home) =>
    withServer(home, (server) =>
      withConnection(server, async (connection) => {
        await connection.workflowService.registerNamespace({
          namespace: 'theirs',
          workflowExecutionRetentionPeriod: msToTs(86_400_000),
        });
        await registerSearchAttributes(connection, 'theirs');
        await registerSearchAttributes(connection, 'theirs');
        const { count } = await new Client({ connection, namespace: 'theirs' }).workflow.count(
          'TuttiJob = "x"',
        );
        expect(count).toBe(0);
      }),
    ),
  ));

test('taken ports are passed over for the next free ones', () =>
  withHome((home) =>
    withListener(PORTS.grpc, async () => {
      await withServer(home, async ({ address, uiUrl }) => {
        const port = Number(address.split(':')[1]);
        expect(port).toBeGreaterThan(PORTS.grpc);
        expect(port).toBeLessThan(PORTS.grpc + 20);
        expect(Number(new URL(uiUrl).port)).toBeGreaterThanOrEqual(PORTS.ui);
      });
    }),
  ));

test('two that start at once get ports of their own', () =>
  withHome((one) =>
    withHome(async (other) => {
      const binary = await temporalBinary();
      const started = await Promise.allSettled(
        [one, other].map((home) => startTemporal({ binary, home, ports: PORTS })),
      );
      const servers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      try {
        expect(new Set(servers.flatMap(({ address, uiUrl }) => [address, new URL(uiUrl).host])).size).toBe(4);
        expect(servers.map(({ pid }) => processStart(pid) !== null)).toEqual([true, true]);
      } finally {
        await Promise.all(servers.map((server) => server.stop()));
      }
    }),
  ));

test('a server that dies is told by `exited`, and one that was left behind is ended by the next start', () =>
  withHome(async (home) => {
    const binary = await temporalBinary();
    const first = await startTemporal({ binary, home, ports: PORTS });
    const lines: string[] = [];
    const second = await startTemporal({
      binary,
      home,
      ports: PORTS,
      onProgress: (line) => lines.push(line),
    });
    try {
      expect(await first.exited).toMatch(/^Temporal ended/);
      expect(lines[0]).toMatch(/left behind/);
      process.kill(second.pid, 'SIGKILL');
      expect(await second.exited).toMatch(/SIGKILL/);
    } finally {
      await second.stop();
    }
  }));

test('a program that is no server is an error with the end of its log', () =>
  withHome(async (home) => {
    await expect(startTemporal({ binary: process.execPath, home, ports: PORTS })).rejects.toThrow(
      /Temporal ended \(exit code \d+\)[\s\S]*temporal\.log ends with:\n[\s\S]*MODULE_NOT_FOUND/,
    );
    await expect(startTemporal({ binary: '/nowhere/temporal', home, ports: PORTS })).rejects.toThrow(
      /could not be started: .*ENOENT/,
    );
    expect(readFileSync(path.join(home.logs, 'temporal.log'), 'utf8')).toMatch(/Cannot find module/);
  }));

test('a port that is taken at the last moment is tried again, also when the server crashes over it', () =>
  withHome(async (home) => {
    const binary = path.join(home.root, 'crashes-once');
    const once = path.join(home.root, 'crashed');
    const stack = 'main.main()\n\t/source/main.go:18\n'.repeat(20);
    writeFileSync(once, `panic: runtime error: invalid memory address\n\n${stack}`);
    const script = `if [ -e '${once}' ]; then cat '${once}' >&2; rm '${once}'; exit 2; fi`;
    writeFileSync(binary, `#!/bin/sh\n${script}\nexec '${await temporalBinary()}' "$@"\n`, { mode: 0o755 });
    const server = await startTemporal({ binary, home, ports: PORTS });
    await server.stop();
    expect(existsSync(once)).toBe(false);
  }));

async function withHome<T>(use: (home: Home) => Promise<T>): Promise<T> {
  const root = mkdtempSync(path.join(tmpdir(), 'tutti-embedded-'));
  try {
    return await use(homePaths(root));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function withServer<T>(home: Home, use: (server: TemporalServer) => Promise<T>): Promise<T> {
  const server = await startTemporal({ binary: await temporalBinary(), home, ports: PORTS });
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

async function withConnection<T>(
  server: TemporalServer,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await Connection.connect({ address: server.address });
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}

async function withListener<T>(port: number, use: () => Promise<T>): Promise<T> {
  const listener = createServer();
  await new Promise<void>((resolve) => {
    listener.once('error', () => resolve());
    listener.listen(port, '127.0.0.1', resolve);
  });
  try {
    return await use();
  } finally {
    await new Promise((resolve) => listener.close(resolve));
  }
}
