import path from 'node:path';
import type { CallRecord, TalkEntry, TalkTotals } from '../../src/domain/conversation.ts';
import { NO_USAGE } from '../../src/domain/prices.ts';
import { attemptRefs } from '../../src/store/attempt-refs.ts';
import { appendCall, readCalls, writeCall } from '../../src/store/calls.ts';
import { packHub } from '../../src/store/hub.ts';
import { moveRefs, readRef } from '../../src/store/refs.ts';
import { appendTalk, readAttachment, readTalk, readTotals, turnOf, withTurns } from '../../src/store/talk.ts';
import type { Hub } from '../../src/store/hub.ts';
import { compile, runModule } from '../support/compiled.ts';
import { sh, withHub } from '../support/repository.ts';

const AT = 1_700_000_000_123;
const totals = (turn: number, activity: string): TalkTotals => ({
  turn,
  usage: NO_USAGE,
  cost: turn,
  at: AT,
  activity,
});
const open: TalkEntry = { kind: 'open', at: AT, agentRole: 'builder', system: 's', tools: [], text: 'do' };
const answer = (turn: number): TalkEntry => ({
  kind: 'answer',
  at: AT + turn,
  turn,
  call: 1,
  model: 'm',
  stop: 'tool_use',
  content: [{ type: 'text', text: `answer ${turn} \u0000 é` }],
  usage: NO_USAGE,
  cost: 1,
});
const results = (turn: number): TalkEntry => ({
  kind: 'results',
  at: AT + turn,
  turn,
  tree: String(turn).repeat(40).slice(0, 40),
  results: [{ type: 'tool_result', callId: 'c', text: 'ok', isError: false }],
  submitted: null,
});
const checks = (turn: number): TalkEntry => ({
  kind: 'checks',
  at: AT + turn,
  stage: 'task',
  commit: '0'.repeat(40),
  runs: [],
});
const intent = (turn: number, call: number): CallRecord => ({
  kind: 'intent',
  turn,
  call,
  at: AT,
  model: 'm',
  requestHash: 'h',
  reservation: 10,
});

async function talkOf(hub: Hub, entries: readonly TalkEntry[]): Promise<string> {
  let head: string | null = null;
  for (const entry of entries)
    head = await appendTalk(
      hub,
      head,
      entry,
      totals('turn' in entry ? entry.turn : 0, `does\n${entry.kind}`),
    );
  return head ?? '';
}

describe('a conversation', () => {
  const entries = [
    open,
    answer(1),
    results(1),
    checks(1),
    { kind: 'note', at: AT, text: 'n' } as const,
    answer(2),
  ];

  test('is the chain of its commits, oldest first, from cache and from packs', () =>
    withHub(async (hub, dir) => {
      const head = await talkOf(hub, entries);
      expect(await readTalk(hub, head)).toEqual(entries);
      expect(await readTotals(hub, head)).toEqual(totals(2, 'does\nanswer'));
      await moveRefs(hub, [{ ref: 'refs/tutti/j/t1/1/talk', to: head, from: null }]);
      await packHub(hub);
      await compile(['domain', 'store'], path.join(dir, 'code'));
      const script = `
        import { readTalk } from './store/talk.js';
        const [hub, head] = process.argv.slice(1);
        console.log(JSON.stringify(await readTalk(JSON.parse(hub), head)));`;
      const elsewhere = await runModule(path.join(dir, 'code'), script, [JSON.stringify(hub), head]);
      expect(JSON.parse(elsewhere)).toEqual(entries);
    }));

  test('reads well in git log and is the same commit for the same words', () =>
    withHub(async (hub) => {
      const head = await talkOf(hub, entries);
      expect(await talkOf(hub, entries)).toBe(head);
      expect(await sh(hub.dir, `git log --format=%s -2 ${head}`)).toBe('does answer\ndoes note');
    }));

  test('gives its turns one by one and after a number', () =>
    withHub(async (hub) => {
      const head = await talkOf(hub, entries);
      const turns = await withTurns(hub, head, 0);
      expect(turns.map((turn) => [turn.turn, turn.tree, turn.checks.length])).toEqual([
        [1, '1'.repeat(40), 1],
        [2, null, 0],
      ]);
      expect(await withTurns(hub, head, 1)).toEqual(turns.slice(1));
      expect(await turnOf(hub, head, 1)).toEqual(turns[0]);
      expect(await turnOf(hub, head, 3)).toBeNull();
      expect((await readTalk(hub, turns[0]?.answerSha ?? '')).at(-1)).toEqual(answer(1));
    }));

  test('keeps attachments under any name', () =>
    withHub(async (hub) => {
      const names = ['output-toolu_1.txt', '../x/y', '.git', '.', 'é\n'];
      const all = Object.fromEntries(names.map((name) => [name, Buffer.from([255, ...Buffer.from(name)])]));
      const head = await appendTalk(hub, null, results(1), totals(1, ''), all);
      for (const name of names) expect(await readAttachment(hub, head, name)).toEqual(all[name]);
      expect(await readAttachment(hub, head, 'none')).toBeNull();
      await sh(hub.dir, `git fsck --strict ${head}`);
    }));
});

describe('call records', () => {
  test('of two processes that append at once are all there', () =>
    withHub(async (hub, dir) => {
      const { calls } = attemptRefs('j0', 't1', 1);
      await compile(['domain', 'store'], path.join(dir, 'code'));
      const script = `
        import { appendCall } from './store/calls.js';
        const [hub, ref, turn] = process.argv.slice(1);
        for (let call = 1; call <= 40; call++)
          await appendCall(JSON.parse(hub), ref, { kind: 'intent', turn: Number(turn), call, at: 1, model: 'm', requestHash: 'h', reservation: 10 });`;
      const append = (turn: string): Promise<string> =>
        runModule(path.join(dir, 'code'), script, [JSON.stringify(hub), calls, turn]);
      await Promise.all([append('1'), append('2')]);
      const records = await readCalls(hub, await readRef(hub, calls));
      for (const turn of [1, 2])
        expect(records.filter((record) => record.turn === turn).map((record) => record.call)).toEqual(
          Array.from({ length: 40 }, (_, index) => index + 1),
        );
    }));

  test('can be moved together with other refs', () =>
    withHub(async (hub) => {
      const refs = attemptRefs('j0', 't1', 1);
      const head = await appendCall(hub, refs.calls, intent(1, 1));
      const talk = await appendTalk(hub, null, open, totals(0, 'begins'));
      const next = await writeCall(hub, head, intent(1, 2));
      await moveRefs(hub, [
        { ref: refs.talk, to: talk, from: null },
        { ref: refs.calls, to: next, from: head },
      ]);
      expect(await readCalls(hub, await readRef(hub, refs.calls))).toEqual([intent(1, 1), intent(1, 2)]);
      expect(await readCalls(hub, null)).toEqual([]);
    }));

  test('survive the end of git processes between two appends', () =>
    withHub(async (hub, dir) => {
      const { calls } = attemptRefs('j0', 't1', 1);
      await appendCall(hub, calls, intent(1, 1));
      await sh(
        dir,
        `for p in /proc/[0-9]*; do
        if tr '\\0' '\\n' < $p/environ 2>/dev/null | grep -qx 'GIT_DIR=${hub.dir}'; then kill -9 \${p#/proc/}; fi; done`,
      );
      await appendCall(hub, calls, intent(1, 2));
      expect(await readCalls(hub, await readRef(hub, calls))).toHaveLength(2);
    }));
});
