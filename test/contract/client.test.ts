import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from '../../src/contract/api-error.ts';
import { createClient } from '../../src/contract/client.ts';
import type { WireEvent } from '../../src/contract/events.ts';
import type { Client } from '../../src/contract/client.ts';

/** A client of a server that answers as `answer` says. */
async function withServer(
  answer: (req: IncomingMessage, res: ServerResponse) => void,
  use: (client: Client) => Promise<void>,
): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await use(createClient({ url, token: 'secret' }));
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function idsOf(events: AsyncIterable<WireEvent>, each = () => {}): Promise<(number | null)[]> {
  const ids: (number | null)[] = [];
  for await (const { id } of events) {
    ids.push(id);
    each();
  }
  return ids;
}

const event = (id: number, type: string, data: object): string =>
  `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;

test('a call puts its fields where the table says, with token and key', () =>
  withServer(
    (req, res) => {
      let body = '';
      req.on('data', (chunk) => (body += String(chunk)));
      req.on('end', () => {
        const { authorization, 'idempotency-key': key } = req.headers;
        res.setHeader('content-type', 'application/json');
        res.end(JSON.stringify({ method: req.method, url: req.url, body, authorization, key }));
      });
    },
    async (client) => {
      expect(await client.retry({ job_id: 'j/1', task_id: 't1', body: { feedback: 'x' }, key: 'k' })).toEqual(
        {
          method: 'POST',
          url: '/orchestrate/j%2F1/task/t1/retry',
          body: '{"feedback":"x"}',
          authorization: 'Bearer secret',
          key: 'k',
        },
      );
      expect(await client.jobs({ limit: 3, state: 'running' })).toMatchObject({
        url: '/orchestrate/jobs?limit=3&state=running',
        body: '',
      });
    },
  ));

test('a problem document becomes an ApiError with everything that it says', () =>
  withServer(
    (_req, res) => {
      res.writeHead(409, { 'content-type': 'application/problem+json', 'retry-after': '7' });
      res.end(
        JSON.stringify({
          status: 409,
          code: 'stale_revision',
          detail: 'old',
          state: 'running',
          allowed: ['cancel'],
        }),
      );
    },
    async (client) => {
      const error: unknown = await client.approve({ job_id: 'j' }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject({
        status: 409,
        code: 'stale_revision',
        message: 'old',
        state: 'running',
        allowed: ['cancel'],
        retryAfter: 7,
      });
    },
  ));

test('an answer that is not ours, and none at all, are errors that say so', async () => {
  await withServer(
    (_req, res) => res.writeHead(502).end('<html>bad gateway'),
    async (client) => {
      await expect(client.jobs()).rejects.toMatchObject({ status: 502, code: 'unexpected_answer' });
    },
  );
  const nobody = createClient({ url: 'http://127.0.0.1:1', token: null });
  await expect(nobody.jobs()).rejects.toMatchObject({ status: 0, code: 'unreachable' });
});

test('a stream that breaks is taken up after its last event, and ends after the final one', async () => {
  const asked: (string | undefined)[] = [];
  await withServer(
    (req, res) => {
      asked.push(req.url);
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      if (asked.length === 1) {
        res.write(`: alive\n\n${event(1, 'job.state', { state: 'running' })}`);
        setImmediate(() => res.destroy());
        return;
      }
      res.write('event: turn.finished\ndata: {"n":1}\n\n');
      res.end(event(2, 'job.state', { state: 'completed' }));
    },
    async (client) => {
      const seen: unknown[] = [];
      for await (const { id, type } of client.events({ job_id: 'j' })) seen.push([id, type]);
      expect(seen).toEqual([
        [1, 'job.state'],
        [null, 'turn.finished'],
        [2, 'job.state'],
      ]);
      expect(asked).toEqual(['/orchestrate/j/events', '/orchestrate/j/events?after=1']);
    },
  );
});

test('a stream of a job that is gone is refused, one that has nothing more ends, an abort ends it too', async () => {
  const problem = JSON.stringify({ status: 404, code: 'job_not_found', detail: 'none' });
  await withServer(
    (_req, res) => res.writeHead(404).end(problem),
    async (client) => {
      await expect(idsOf(client.events({ job_id: 'j' }))).rejects.toMatchObject({ code: 'job_not_found' });
    },
  );
  await withServer(
    (_req, res) => res.writeHead(204).end(),
    async (client) => {
      expect(await idsOf(client.events({ job_id: 'j', after: 9 }))).toEqual([]);
    },
  );
  await withServer(
    (_req, res) => void res.writeHead(200).write(event(1, 'job.state', { state: 'running' })),
    async (client) => {
      const stop = new AbortController();
      const { signal } = stop;
      expect(await idsOf(client.events({ job_id: 'j', signal }), () => stop.abort())).toEqual([1]);
    },
  );
});
