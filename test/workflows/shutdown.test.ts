import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { givenPlan, withEngine } from '../support/engine.ts';
import type { Engine } from '../support/engine.ts';

/** Takes long the first time that it runs in a worktree, and no time after it. */
const slowOnce = 'test -e seen || { touch seen; sleep 60; }';

test(
  'what a stopping worker cuts off runs again and counts for nothing',
  () =>
    withEngine({ files: { '.gitignore': 'seen*\n' } }, async (engine) => {
      const job = await engine.submit({
        provider: 'outline',
        autoApprove: true,
        plan: givenPlan([
          { script: `${slowOnce}; echo a > a.txt` },
          { script: 'echo b > b.txt', check: slowOnce },
        ]),
      });
      await untilInWorktrees(engine, 'seen', 2);
      await engine.restart();
      const view = await job.until(({ tasks }) => tasks.every((task) => task.state.kind !== 'running'));
      expect(view.tasks.map((task) => [task.state.kind, task.attempts.length])).toEqual([
        ['completed', 1],
        ['completed', 1],
      ]);
    }),
  90_000,
);

test(
  'a cancelled job ends within seconds although a command runs',
  () =>
    withEngine({}, async (engine) => {
      const job = await engine.submit({
        provider: 'outline',
        autoApprove: true,
        plan: givenPlan([{ script: 'for i in 1 2 3 4 5 6 7; do touch "seen$i"; sleep 1; done; sleep 60' }]),
      });
      await untilInWorktrees(engine, 'seen7', 1);
      const began = Date.now();
      await job.command('cancel', {});
      expect((await job.ended()).state).toBe('cancelled');
      expect(Date.now() - began).toBeLessThan(9_000);
    }),
  90_000,
);

/** Waits until `count` worktrees hold a file of that name at their top. */
async function untilInWorktrees({ config }: Engine, name: string, count: number): Promise<void> {
  const patience = Date.now() + 30_000;
  for (;;) {
    const files = await readdir(config.home.hosts, { recursive: true }).catch(() => []);
    if (files.filter((file) => path.basename(file) === name).length >= count) return;
    if (Date.now() > patience) throw new Error(`${name} did not appear in ${count} worktrees`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
