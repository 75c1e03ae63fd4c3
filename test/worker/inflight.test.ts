import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { leftInflight, recordInflight } from '../../src/worker/inflight.ts';

type Factory = ReturnType<typeof recordInflight>;

const PROCESS = { pid: 4711, started: '99' };

/** Runs a step with this token under the record, until `work` has ended. */
async function step(record: Factory, token: string, work: () => unknown): Promise<void> {
  const context = { info: { taskToken: Buffer.from(token) } } as unknown as Parameters<Factory>[0];
  await record(context).inbound?.execute?.({} as never, async () => work());
}

describe('the record of running steps', () => {
  let dir: string;
  beforeEach(() => (dir = path.join(mkdtempSync(path.join(tmpdir(), 'tutti-inflight-')), 'engine')));
  afterEach(() => rmSync(path.dirname(dir), { recursive: true }));

  const tokens = (isAlive = false): (string | undefined)[] =>
    leftInflight(dir, () => isAlive).map((left) => left.taskToken?.toString());

  test('names the steps of a process that is gone, and none of one that lives', async () => {
    const record = recordInflight(dir, PROCESS);
    await step(record, 'first', () =>
      step(record, 'second', () => {
        expect(new Set(tokens())).toEqual(new Set(['first', 'second']));
        expect(tokens(true)).toEqual([]);
      }),
    );
  });

  test('forgets a step at its end, failed or not, and uses its place again', async () => {
    const record = recordInflight(dir, PROCESS);
    await step(record, 'a long token that fails', () => Promise.reject(new Error('no'))).catch(() => {});
    expect(tokens()).toEqual([undefined]);
    await step(record, 'short', () => expect(tokens()).toEqual(['short']));
    expect(readdirSync(dir)).toHaveLength(1);
  });

  test('is read past what a machine that went down left of a file', async () => {
    const record = recordInflight(dir, PROCESS);
    writeFileSync(path.join(dir, '4710-1'), Buffer.alloc(80));
    await step(record, 'first', () => expect(tokens()).toEqual(['first']));
  });

  test('is empty where no worker has run', () => expect(tokens()).toEqual([]));
});
