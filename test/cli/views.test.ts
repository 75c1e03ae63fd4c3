import { Writable } from 'node:stream';
import { billLines } from '../../src/cli/view/bill.ts';
import { changeLines } from '../../src/cli/view/changes.ts';
import { colouredDiff } from '../../src/cli/view/diff-view.ts';
import { COLOURS, NO_COLOURS, SIGNS } from '../../src/cli/view/paint.ts';
import { durationText, usdText } from '../../src/cli/view/amounts.ts';
import { fit, oneLine, width, wrap } from '../../src/cli/view/text.ts';
import { openScreen } from '../../src/cli/view/screen.ts';
import { planLines } from '../../src/cli/view/plan-view.ts';
import { tableLines } from '../../src/cli/view/table.ts';
import { completed, failed, finished, now, plan, running, status, task } from './samples.ts';
import type { Output } from '../../src/cli/io.ts';

const frame = { width: 80, height: Infinity, now: now(300), beat: 0, paint: NO_COLOURS, signs: SIGNS };

test('a plan shows tasks with their order, files and checks, setup, estimate and warnings', () => {
  expect(planLines(plan(), frame, { limitUsd: 5 })).toEqual([
    ' Plan 1  2 tasks · about $0.20 to $0.90 of $5.00 · made by a model',
    ' Two endpoints on the existing User model.',
    '',
    ' t1  Add the token store',
    '     Keep tokens hashed.',
    '     Expire them after an hour.',
    '     files src/store/**',
    '     checks k1',
    ' t2  Add the login endpoint                                             after t1',
    '     Answer 401 to a wrong password.',
    '     2 attempts',
    '',
    ' Checks',
    ' k1  npm test (c1)',
    ' k2  no command proves it: Right status codes (c2)',
    '',
    ' Setup, once before the first task (needs network)',
    '   npm ci',
    '',
    ' Warnings',
    ' ! No command checks c2.',
  ]);
});

test('long instructions are cut in a plan, and whole with full', () => {
  const instructions = Array.from({ length: 9 }, (_, line) => `line ${line}`).join('\n');
  const long = plan({ tasks: [{ ...plan().tasks[0]!, instructions }] });
  expect(planLines(long, frame).filter((line) => line.includes('line'))).toHaveLength(3);
  expect(planLines(long, frame, { full: true }).filter((line) => line.includes('line'))).toHaveLength(9);
});

test('a bill shows spend by task, criteria, the branch, and how to look, take and undo', () => {
  expect(billLines(finished(), frame)).toEqual([
    ' Add user authentication',
    ' completed · 2 of 2 tasks · 4m 12s · j4k2m9x7qp',
    '',
    ' Spent $0.19 of $5.00',
    '     plan  Planning                                              $0.03',
    '   ✔ t1    Add the token store                                   $0.08  6 turns',
    '   ✔ t2    Add the login endpoint                                $0.08  6 turns',
    '',
    ' Criteria 1 met, 1 unverifiable',
    '   ✔ All tests pass',
    '   ? Right status codes  no command proves it',
    '',
    ' Branch tutti/j4k2m9x7qp in /home/ana/shop',
    '   look  git log -p a1b2c3d4a1..tutti/j4k2m9x7qp',
    '   take  git merge tutti/j4k2m9x7qp',
    '   undo  git branch -D tutti/j4k2m9x7qp',
  ]);
});

test('a bill of a job with a url says how to bring the branch home, one without merges that there is none', () => {
  const kept = { branch: 'tutti/j4k2m9x7qp', state: 'kept', reason: null } as const;
  expect(billLines(finished({ delivery: kept }), frame).join('\n')).toContain('tutti fetch j4k2m9x7qp');
  const none = { ...kept, state: 'none' } as const;
  expect(billLines(finished({ delivery: none }), frame).at(-1)).toContain('Nothing was merged');
});

test('changes between two looks are told once, in order', () => {
  const before = status({ tasks: [running('t1', 'Store'), task('t2', 'Login')] });
  const after = status({
    state: 'needs_attention',
    waiting_on: 'person',
    tasks: [completed('t1', 'Store'), failed('t2', 'Login')],
  });
  expect(changeLines(before, after)).toEqual([
    't1 Store: completed in 41s, $0.08',
    't2 Login: failed, checks_failed: npm test exited with 1',
    'job needs attention',
    '1 task failed: tutti retry j4k2m9x7qp t2, or tutti close j4k2m9x7qp --yes',
  ]);
  expect(changeLines(after, after)).toEqual([]);
});

test('a screen is drawn in place in one write, and not at all when nothing has changed', () => {
  const writes: string[] = [];
  const output: Output = Object.assign(
    new Writable({ write: (chunk: Buffer, _, done) => (writes.push(chunk.toString()), done()) }),
    { isTTY: true, columns: 10, rows: 24 },
  );
  const screen = openScreen(output);
  screen.draw(['one', 'two']);
  screen.draw(['one', 'two']);
  expect(writes).toHaveLength(2);
  expect(writes[0]).toBe('\x1b[?25l');
  screen.draw(['one', 'three']);
  expect(writes[2]).toBe('\x1b[?2026h\x1b[2A\rone\x1b[K\nthree\x1b[K\n\x1b[J\x1b[?2026l');
  screen.clear();
  expect(writes[3]).toBe('\x1b[2A\r\x1b[J\x1b[?25h');
  screen.clear();
  expect(writes).toHaveLength(4);
});

test('a diff for a terminal is coloured and says nothing to the terminal', () => {
  const text = colouredDiff(
    'diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-old\n+new\u001b[2J\tx\n',
    COLOURS,
  );
  expect(text).toContain('\x1b[31m-old\x1b[39m');
  expect(text).toContain('\x1b[32m+new\tx\x1b[39m');
  expect(text).toContain('\x1b[1m--- a/a\x1b[22m');
});

test('widths count cells, not characters', () => {
  expect(['abc', '長い', 'é', 'e\u0301', '👩‍👩‍👧', '✔', '\x1b[31mred\x1b[39m', '🇩🇪'].map(width)).toEqual([
    3, 4, 1, 1, 2, 1, 3, 2,
  ]);
  expect(fit('長い名前', 5)).toBe('長い…');
  expect(fit('short', 5)).toBe('short');
  expect(wrap('aaa bbb\n  ccc dddddddd', 6)).toEqual(['aaa', 'bbb', '  ccc', '  dddd', '  dddd']);
  expect(oneLine('a\r\nb\tc\u001b]0;title\u0007d')).toBe('a b cd');
});

test('amounts and durations are short and never misleading', () => {
  expect([0, 1.25, 0.01, 0.0042, 0.00001, 1234].map(usdText)).toEqual([
    '$0.00',
    '$1.25',
    '$0.01',
    '$0.0042',
    '<$0.0001',
    '$1234.00',
  ]);
  expect([-5, 41_000, 125_000, 4_020_000, 273_600_000].map(durationText)).toEqual([
    '0s',
    '41s',
    '2m 05s',
    '1h 07m',
    '3d 4h',
  ]);
});

test('the last column of a table gives way', () => {
  const rows = [['j1', 'A title that is much too long for it']];
  expect(
    tableLines([{ name: 'job' }, { name: 'title', shrinks: true }], rows, { cells: 20, paint: NO_COLOURS }),
  ).toEqual(['job  title', 'j1   A title that i…']);
});
