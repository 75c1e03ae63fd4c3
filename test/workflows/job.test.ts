import { calling, done, shell, withEngine } from '../support/engine.ts';
import { sh } from '../support/repository.ts';

const task = (title: string, more: Record<string, unknown> = {}) => ({
  title,
  instructions: `Do ${title}.`,
  depends_on: [],
  files: [],
  checks: [],
  ...more,
});

test('a plan is approved, its tasks are carried out, checked, merged and delivered in order', () =>
  withEngine(
    {
      script: {
        steps: {
          plan: [
            shell('ls'),
            calling('submit_plan', {
              summary: 'Two files.',
              tasks: [
                task('first', { files: ['b.txt'], checks: ['k1'] }),
                task('second', { files: ['c.txt'], depends_on: ['t1'] }),
              ],
              checks: [{ check_id: 'k1', criterion_id: 'c1', kind: 'command', command: 'grep -q x b.txt' }],
            }),
          ],
          t1: [shell('echo x > b.txt'), done],
          t2: [shell('cat b.txt > c.txt'), done],
        },
      },
    },
    async ({ submit, repo, base, client }) => {
      const job = await submit({ acceptanceCriteria: ['b.txt holds x', 'it is beautiful'] });
      const planned = await job.view();
      expect(planned.state).toBe('awaiting_approval');
      await job.command('approve', { planRevision: 1, note: null });
      const view = await job.ended();
      expect(view.state).toBe('completed');
      expect(view.criteria.map((criterion) => criterion.state)).toEqual(['met', 'unverifiable']);
      expect(view.delivery.state).toBe('delivered');
      expect(await sh(repo, `git show tutti/${job.jobId}:c.txt`)).toBe('x');
      expect(await sh(repo, `git log --format=%s ${base}..tutti/${job.jobId}`)).toBe('second\nfirst');
      expect(await sh(repo, `git log -1 --format='%(trailers)' tutti/${job.jobId}`)).toContain(
        'Tutti-Task: t2',
      );
      const handle = client.workflow.getHandle(`job:${job.jobId}`);
      await handle.result();
      const { searchAttributes, memo } = await handle.describe();
      expect(searchAttributes).toMatchObject({ TuttiState: ['completed'] });
      expect(memo).toMatchObject({ progress: { completed: 2, total: 2 }, budget: { reserved_usd: 0 } });
      const states = (await job.events())
        .filter((event) => event.type === 'job.state')
        .map((event) => event.data['state']);
      expect(states).toEqual(['awaiting_approval', 'running', 'verifying', 'completed']);
    },
  ));
