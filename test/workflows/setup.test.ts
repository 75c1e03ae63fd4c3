import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { givenPlan, withEngine } from '../support/engine.ts';
import type { Spec } from '../../src/domain/spec.ts';

/** Each task runs the suite offline, then spoils its own copy of what was installed. */
const tasks = (suite: string, installed: string) =>
  Array.from({ length: 4 }, (_, index) => ({
    script: `${suite}\nls ${installed} > seen-${index}.txt\necho x > ${installed}/spoiled-${index}`,
    check: `${suite} && ! grep -q spoiled seen-${index}.txt`,
    files: [`seen-${index}.txt`],
  }));

async function runsTwice(
  files: Record<string, string>,
  setup: Spec['setup'],
  suite: string,
  installed: string,
) {
  await withEngine({ files }, async ({ submit, config }) => {
    const spec = { provider: 'outline', autoApprove: true, maxParallel: 4, setup } as const;
    const plan = givenPlan(tasks(suite, installed));
    expect(await (await submit({ ...spec, plan })).ended(120)).toMatchObject({ state: 'completed' });
    const cache = path.join(config.home.hosts, 'test', 'setup');
    const [made] = readdirSync(cache);
    const before = readdirSync(path.join(cache, made ?? ''), { recursive: true });
    expect(before.join()).not.toContain('spoiled');
    writeFileSync(path.join(cache, made ?? '', installed, 'kept-from-the-first'), '');
    const again = await (await submit({ ...spec, plan })).ended(120);
    expect(again.state).toBe('completed');
    expect(readdirSync(cache)).toEqual([made]);
    expect(readdirSync(path.join(cache, made ?? '', installed))).toContain('kept-from-the-first');
  });
}

test('four tasks use what npm ci installed, offline and apart from each other; a second job installs nothing', async () => {
  const manifest = JSON.stringify({ name: 'x', version: '1.0.0', dependencies: { 'is-number': '7.0.0' } });
  await runsTwice(
    {
      'package.json': manifest,
      'package-lock.json': lockOf(manifest),
      '.gitignore': 'node_modules\n',
      'suite.js': "if (!require('is-number')(5)) process.exit(1);\n",
    },
    null,
    'node suite.js',
    'node_modules/is-number',
  );
}, 240_000);

test('four tasks use what pip installed into a virtual environment, likewise', async () => {
  await runsTwice(
    { '.gitignore': '.venv\n__pycache__\n', 'suite.py': 'import six\nassert six.PY3\n' },
    ['python3 -m venv .venv', '.venv/bin/pip install --quiet six==1.16.0'],
    '.venv/bin/python suite.py',
    '.venv/bin',
  );
}, 240_000);

test('a setup that fails leaves the ready tasks failed, and retrying one runs it again', () =>
  withEngine({}, async ({ submit }) => {
    const job = await submit({
      provider: 'outline',
      autoApprove: true,
      setup: ['echo no network here >&2; exit 3'],
      plan: givenPlan([{ script: 'true' }]),
    });
    const stuck = await job.until((view) => view.state === 'needs_attention');
    expect(stuck.tasks[0]?.state).toMatchObject({
      error: {
        code: 'setup_failed',
        class: 'environment',
        detail: expect.stringContaining('no network here'),
      },
    });
    await job.command('retry', { taskId: 't1', feedback: null });
    const again = await job.until(
      (view) => view.tasks[0]?.attempts.length === 2 && view.tasks[0].state.kind === 'failed',
    );
    expect(again.tasks[0]?.state).toMatchObject({ error: { code: 'setup_failed' } });
  }));

function lockOf(manifest: string): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'tutti-lock-'));
  try {
    writeFileSync(path.join(dir, 'package.json'), manifest);
    execFileSync('npm', ['install', '--package-lock-only', '--silent'], { cwd: dir });
    return readFileSync(path.join(dir, 'package-lock.json'), 'utf8');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
