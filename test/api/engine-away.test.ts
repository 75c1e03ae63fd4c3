import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createGateway } from '../../src/api/gateway.ts';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadConfig } from '../../src/config.ts';
import { startTemporal } from '../../src/embedded/start.ts';
import { runWorker } from '../../worker.ts';
import { withApi, withServer } from '../support/api.ts';
import { temporalBinary } from '../support/temporal.ts';
import type { Config } from '../../src/config.ts';
import type { TemporalTarget } from '../../src/embedded/connect.ts';

/** A way to the server that can be cut and mended. */
async function withCable(
  target: TemporalTarget,
  use: (cable: { target: TemporalTarget; cut: () => void; mend: () => void }) => Promise<void>,
): Promise<void> {
  const [host = '', port = ''] = target.connection.address.split(':');
  const sockets = new Set<Socket>();
  let whole = true;
  const proxy = createServer((near) => {
    if (!whole) return near.destroy();
    const far = connect(Number(port), host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
    return near;
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const cut = (): void => {
    whole = false;
    for (const socket of sockets) socket.destroy();
  };
  try {
    await use({ target: { ...target, connection: { address } }, cut, mend: () => (whole = true) });
  } finally {
    cut();
    await new Promise((resolve) => proxy.close(resolve));
  }
}

/** A Temporal server without workers; `work` runs them for as long as its argument takes. */
async function withTemporal(
  use: (given: {
    config: Config;
    temporal: TemporalTarget;
    work: (during: () => Promise<void>) => Promise<void>;
  }) => Promise<void>,
): Promise<void> {
  const dir = await realpath(await mkdtemp(path.join(tmpdir(), 'tutti-idle-')));
  const env = { ...process.env, TUTTI_HOME: path.join(dir, 'home'), TUTTI_HOST_ID: 'test' };
  const { config } = loadConfig({ env, cwd: dir });
  const server = await startTemporal({ binary: await temporalBinary(), home: config.home });
  const temporal = { connection: { address: server.address }, namespace: server.namespace };
  const work = async (during: () => Promise<void>): Promise<void> => {
    const stop = new AbortController();
    const runs = (['engine', 'workspace'] as const).map((role) =>
      runWorker({ role, config, temporal, stop: stop.signal, ready: () => {} }),
    );
    await during().finally(() => stop.abort());
    await Promise.all(runs);
  };
  try {
    await use({ config, temporal, work });
  } finally {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

const spec = {
  title: 'A job',
  description: '## Tasks\n\n- one\n\n  ```sh\n  true\n  ```\n',
  provider: 'outline' as const,
};

test('Temporal away: 503 with Retry-After in time, and all is well once it is back, without a restart', () =>
  withApi({}, (_, engine) =>
    withCable(engine.temporal, ({ target, cut, mend }) =>
      withServer(engine.config, target, {}, async (api) => {
        const { job_id } = await api.as().submit({ body: spec });
        expect((await api.request('GET', '/readyz')).status).toBe(200);
        cut();
        const away = async (method: string, path: string, body?: unknown) => {
          const since = Date.now();
          const { status, json, headers } = await api.request(method, path, { body });
          expect([status, json?.['code'], Number(headers.get('retry-after')) > 0]).toEqual([
            503,
            'engine_unavailable',
            true,
          ]);
          expect(Date.now() - since).toBeLessThan(12_000);
        };
        await Promise.all([
          away('GET', `/orchestrate/${job_id}/status`),
          away('GET', '/orchestrate/jobs'),
          away('GET', '/readyz'),
          away('POST', `/orchestrate/${job_id}/approve`, {}),
          away('POST', '/orchestrate/submit', spec),
        ]);
        expect((await api.request('GET', '/healthz')).status).toBe(200);
        mend();
        const patience = Date.now() + 15_000;
        let status = 0;
        while (status !== 200 && Date.now() < patience)
          ({ status } = await api.request('GET', `/orchestrate/${job_id}`));
        expect(status).toBe(200);
        expect((await api.as().status({ job_id })).state).toBe('awaiting_approval');
      }),
    ),
  ));

test('no worker: a submit answers 503 with the job that it has started, and its repetition finds the plan', () =>
  withTemporal(({ config, temporal, work }) =>
    withServer(config, temporal, {}, async (api) => {
      const ana = api.as();
      const ready = await api.request('GET', '/readyz');
      expect([ready.status, ready.json?.['detail']]).toEqual([503, expect.stringContaining('tutti-engine')]);
      const error: { status: number; jobId: string } = await ana
        .submit({ body: spec, key: 'k' })
        .catch((thrown) => thrown);
      expect(error).toMatchObject({
        status: 503,
        code: 'engine_unavailable',
        jobId: expect.stringMatching(/^j/),
      });
      await work(async () => {
        const again = await ana.submit({ body: spec, key: 'k' });
        expect(again).toMatchObject({ job_id: error.jobId, state: 'awaiting_approval' });
        expect((await api.request('GET', '/readyz')).status).toBe(200);
      });
    }),
  ));

test('a gateway connects when it is first asked', async () => {
  const gateway = createGateway({ connection: { address: '127.0.0.1:1' }, namespace: 'default' });
  await expect(gateway.view('j12345678a')).rejects.toMatchObject({ code: 'engine_unavailable' });
  await gateway.close();
});
