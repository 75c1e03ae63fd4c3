import { NO_COLOURS, COLOURS, SIGNS } from '../../src/cli/view/paint.ts';
import { treeLines } from '../../src/cli/view/tree.ts';
import { width } from '../../src/cli/view/text.ts';
import { at, completed, failed, now, running, status, task } from './samples.ts';
import type { Frame } from '../../src/cli/view/frame.ts';
import type { WireTaskStatus } from '../../src/contract/status.ts';

const frame = (given: Partial<Frame> = {}): Frame => ({
  width: 80,
  height: Infinity,
  now: now(125),
  beat: 0,
  paint: NO_COLOURS,
  signs: SIGNS,
  ...given,
});

test('a running job at 80 cells', () => {
  expect(treeLines(status(), frame())).toEqual([
    ' Add user authentication                                     j4k2m9x7qp  running',
    ' ━━━━━━━━━━━━━━━━━─────────────────────────  2/5 tasks · $0.42 of $5.00 · 2m 05s',
    '',
    ' ✔ t1  Add the token store                                        $0.08      41s',
    ' ├─ ✔ t2  Add the login endpoint                                  $0.08   1m 00s',
    ' └─ ⠋ t3  Add the register endpoint                               $0.11   1m 05s',
    '          turn 4 · edits src/routes/login.ts',
    '    └─ ○ t4  Document both endpoints                               also after t2',
    ' ◔ t5  Add a changelog entry                                      $0.11      25s',
    '       waits for its turn to merge',
  ]);
});

test('the same job at 60 and at 120 cells keeps its columns', () => {
  const narrow = treeLines(status(), frame({ width: 60 }));
  const wide = treeLines(status(), frame({ width: 120 }));
  expect(narrow[5]).toBe(' └─ ⠋ t3  Add the register endpoint           $0.11   1m 05s');
  expect(wide[5]?.length).toBe(120);
  expect(wide[5]).toMatch(/Add the register endpoint {20,}\$0\.11 {3}1m 05s$/);
});

test('a failed task says why, and the job what to do', () => {
  const lines = treeLines(
    status({ state: 'needs_attention', waiting_on: 'person', tasks: [failed('t1', 'Add the token store')] }),
    frame(),
  );
  expect(lines).toContain('       checks_failed: npm test exited with 1');
  expect(lines.at(-1)).toBe(' 1 task failed: tutti retry j4k2m9x7qp t1, or tutti close j4k2m9x7qp');
});

test('a job that is being planned shows what the planner does', () => {
  const activity = { text: 'reads src/app.ts', turn: 3, cost_usd: 0.02, at: at(20) };
  const lines = treeLines(status({ state: 'planning', tasks: [], activity }), frame({ beat: 1 }));
  expect(lines.at(-1)).toBe(' ⠙ planner, turn 3 · reads src/app.ts');
});

test.each([
  [60, 8],
  [80, 12],
  [80, 23],
  [120, 50],
  [200, 3],
  [20, 5],
])('no line is wider than %i cells and no picture higher than %i lines', (cells, height) => {
  for (const tasks of [many(0), many(3), many(40), many(500), hostile()]) {
    const lines = treeLines(status({ tasks }), frame({ width: cells, height, paint: COLOURS }), [' footer']);
    expect(lines.length).toBeLessThanOrEqual(height);
    for (const line of lines) if (cells >= 40) expect(width(line)).toBeLessThanOrEqual(cells);
  }
});

test('where not all tasks fit, finished and distant ones are counted and running ones stay', () => {
  const lines = treeLines(status({ tasks: many(40) }), frame({ height: 10 }));
  expect(lines).toContain(' ✔ 10 finished');
  expect(lines.filter((line) => line.includes('turn 4'))).toHaveLength(2);
  expect(lines.at(-1)).toBe(' ○ 28 more wait');
});

test('what a model wrote cannot reach the terminal as a command', () => {
  const text = treeLines(status({ title: HOSTILE, tasks: hostile() }), frame()).join('\n');
  expect(text).not.toMatch(/[^\P{Cc}\n]/u);
  expect(text).not.toContain('\u202e');
  expect(text).toContain('txt.exe');
});

test('a chain of 500 tasks is drawn without running off the line', () => {
  const tasks = Array.from({ length: 500 }, (_, i) =>
    task(`t${i + 1}`, 'Go on', { depends_on: i > 0 ? [`t${i}`] : [] }),
  );
  const lines = treeLines(status({ tasks }), frame());
  expect(lines).toHaveLength(503);
  expect(Math.max(...lines.map(width))).toBeLessThanOrEqual(80);
});

const HOSTILE = 'clear\u001b[2J \u009b31mme\u0007\r\n\u202etxt.exe';

const hostile = (): WireTaskStatus[] => [
  running('t1', HOSTILE, {
    activity: { text: `${HOSTILE} ${'長い'.repeat(80)}`, turn: 1, cost_usd: 0, at: at(1) },
  }),
  failed('t2', '👩‍👩‍👧 é 名前'.repeat(20), { error: { code: 'x', class: 'agent', detail: HOSTILE } }),
];

const many = (amount: number): WireTaskStatus[] =>
  Array.from({ length: amount }, (_, i) => {
    if (i < amount / 4) return completed(`t${i + 1}`, `Task number ${i + 1}`);
    return i < amount / 4 + 2
      ? running(`t${i + 1}`, `Task number ${i + 1}`)
      : task(`t${i + 1}`, `Task number ${i + 1}`);
  });
