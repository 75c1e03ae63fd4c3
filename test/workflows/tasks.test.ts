import { givenPlan, withEngine } from '../support/engine.ts';
import { sh } from '../support/repository.ts';
import type { EngineJob } from '../support/engine.ts';

const outline = { provider: 'outline', autoApprove: true } as const;

test('in a diamond each dependent finds the files of its dependencies at its base', () =>
  withEngine({}, async ({ submit, repo }) => {
    const job = await submit({
      ...outline,
      plan: givenPlan([
        { script: 'echo root > root.txt' },
        { script: 'cat root.txt > left.txt', after: ['t1'] },
        { script: 'cat root.txt > right.txt', after: ['t1'] },
        {
          script: 'cat left.txt right.txt > end.txt',
          after: ['t2', 't3'],
          check: 'test "$(cat end.txt)" = "root\nroot"',
        },
      ]),
    });
    expect((await job.ended()).state).toBe('completed');
    expect(await sh(repo, `git show tutti/${job.jobId}:end.txt`)).toBe('root\nroot');
  }));

test('two tasks that claim the same file never run together, and others do', () =>
  withEngine({}, async ({ submit }) => {
    const job = await submit({
      ...outline,
      plan: givenPlan([
        { script: 'echo 1 >> shared.txt; sleep 0.3', files: ['shared.txt'] },
        { script: 'echo 2 >> shared.txt; sleep 0.3', files: ['*.txt'] },
        { script: 'echo 3 > other.md; sleep 0.3', files: ['other.md'] },
      ]),
    });
    expect((await job.ended()).state).toBe('completed');
    const running = new Set<unknown>();
    const together = new Set<string>();
    for (const { type, data } of await job.events()) {
      if (type !== 'task.state') continue;
      if (data['state'] === 'running') running.add(data['task_id']);
      else running.delete(data['task_id']);
      together.add(
        [...running]
          .map(String)
          .toSorted((a, b) => a.localeCompare(b))
          .join(),
      );
    }
    expect(together).toContain('t1,t3');
    expect([...together].filter((ids) => ids.includes('t1') && ids.includes('t2'))).toEqual([]);
  }));

test('a failing check fails its task, the job waits for a person, and a retry with feedback goes on from the last turn', () =>
  withEngine(
    {
      script: {
        steps: {
          t1: [bash('echo wrong > a.txt'), result],
          't1/2': [bash('test "$(cat a.txt)" = wrong && echo right > a.txt'), result],
          t2: [bash('cat a.txt > b.txt'), result],
        },
      },
    },
    async ({ submit, repo }) => {
      const job = await submit({
        autoApprove: true,
        plan: givenPlan([
          { script: '', check: 'grep -q right a.txt' },
          { script: '', after: ['t1'] },
        ]),
      });
      const stuck = await job.until((view) => view.state === 'needs_attention');
      expect(stuck.waitingOn).toBe('person');
      expect(stuck.tasks[0]?.state).toMatchObject({
        kind: 'failed',
        error: { code: 'checks_failed', class: 'agent' },
      });
      expect(stuck.tasks[1]).toMatchObject({ state: { kind: 'pending' }, waitingOn: 'dependencies' });
      const answer = await job.command('retry', { taskId: 't1', feedback: 'Write right.' });
      expect(answer).toEqual({ task_id: 't1', attempt: 2, state: 'pending' });
      expect((await job.ended()).state).toBe('completed');
      expect(await sh(repo, `git show tutti/${job.jobId}:b.txt`)).toBe('right');
    },
  ));

test('an agent that fails is given its next attempt by itself while its allowance lasts', () =>
  withEngine(
    {
      script: {
        steps: { t1: [bash('echo no > a.txt'), result], 't1/2': [bash('echo yes > a.txt'), result] },
      },
    },
    async ({ submit }) => {
      const job = await submit({
        autoApprove: true,
        plan: givenPlan([{ script: '', check: 'grep -q yes a.txt', maxAttempts: 2 }]),
      });
      const view = await job.ended();
      expect(view.state).toBe('completed');
      expect(view.tasks[0]?.attempts.map((attempt) => attempt.error?.code ?? null)).toEqual([
        'checks_failed',
        null,
      ]);
    },
  ));

test('a merge conflict fails the later task, and its retry finds the conflict to resolve', () =>
  withEngine(
    {
      files: { 'a.txt': 'one\n' },
      script: {
        steps: {
          t1: [bash('echo mine > a.txt'), result],
          t2: [bash('echo yours > a.txt'), result],
          't1/2': [bash('grep -q "<<<<<<<" a.txt && printf "yours\\nmine\\n" > a.txt'), result],
          't2/2': [bash('grep -q "<<<<<<<" a.txt && printf "yours\\nmine\\n" > a.txt'), result],
        },
      },
    },
    async ({ submit, repo }) => {
      const job = await submit({ autoApprove: true, plan: givenPlan([{ script: '' }, { script: '' }]) });
      const stuck = await job.until((view) => view.state === 'needs_attention');
      const loser = stuck.tasks.find((task) => task.state.kind === 'failed');
      expect(loser?.state).toMatchObject({
        error: { code: 'merge_conflict', detail: expect.stringContaining('a.txt') },
      });
      await job.command('retry', { taskId: loser?.outline.taskId ?? '', feedback: null });
      expect((await job.ended()).state).toBe('completed');
      expect(await sh(repo, `git show tutti/${job.jobId}:a.txt`)).toBe('yours\nmine');
    },
  ));

test('a retry that leaves conflict markers fails, and says where they are', () =>
  withEngine(
    {
      files: { 'a.txt': 'one\n' },
      script: {
        steps: {
          t1: [bash('echo mine > a.txt'), result],
          t2: [bash('echo yours > a.txt; sleep 1'), result],
          't2/2': [bash('echo more > b.txt'), result],
          't2/3': [bash('echo ours > a.txt'), result],
        },
      },
    },
    async ({ submit, repo }) => {
      const job = await submit({ autoApprove: true, plan: givenPlan([{ script: '' }, { script: '' }]) });
      await job.until((view) => view.tasks[1]?.state.kind === 'failed');
      await job.command('retry', { taskId: 't2', feedback: null });
      const view = await job.until(({ tasks }) => (tasks[1]?.attempts[1]?.error ?? null) !== null);
      expect(view.tasks[1]?.attempts[1]?.error).toMatchObject({
        code: 'checks_failed',
        detail: "git's conflict markers are left in a.txt",
      });
      await job.command('retry', { taskId: 't2', feedback: null });
      expect((await job.ended()).state).toBe('completed');
      expect(await sh(repo, `git show tutti/${job.jobId}:a.txt`)).toBe('ours');
    },
  ));

test('work that passes alone and breaks what was merged before does not move the integration branch', () =>
  withEngine({}, async ({ submit, repo }) => {
    const job = await submit({
      ...outline,
      maxParallel: 1,
      plan: givenPlan([{ script: 'echo a > a.txt', check: 'test ! -e b.txt' }, { script: 'echo b > b.txt' }]),
    });
    const stuck = await job.until((view) => view.state === 'needs_attention');
    expect(stuck.tasks.map((task) => task.state.kind)).toEqual(['completed', 'failed']);
    await job.command('close', { reason: 'enough' });
    expect((await job.ended()).state).toBe('completed_with_failures');
    expect(await sh(repo, `git ls-tree --name-only tutti/${job.jobId}`)).toBe('a.txt\nreadme.md');
  }));

test('a check that fails on the merged whole ends the job with failures and says which criterion failed', () =>
  withEngine({}, async ({ submit }) => {
    const plan = givenPlan([{ script: 'echo a > a.txt' }]);
    const check = {
      checkId: 'all',
      criterionId: 'c1',
      kind: 'command',
      command: 'false',
      expectExit: null,
      timeoutSeconds: null,
    } as const;
    const job = await submit({
      ...outline,
      acceptanceCriteria: ['never'],
      plan: { ...plan, checks: [check] },
    });
    const view = await job.ended();
    expect(view.state).toBe('completed_with_failures');
    expect(view.criteria[0]).toMatchObject({ state: 'failed', evidence: { exitCode: 1 } });
  }));

test('cancel stops what runs and keeps what was merged', () =>
  withEngine({}, async ({ submit, repo }) => {
    const job = await submit({
      ...outline,
      plan: givenPlan([{ script: 'echo a > a.txt' }, { script: 'sleep 600', after: ['t1'] }]),
    });
    await job.until((view) => view.tasks[1]?.state.kind === 'running');
    expect(await job.command('cancel', {})).toMatchObject({ state: 'cancelling' });
    const view = await job.ended();
    expect(view.state).toBe('cancelled');
    expect(view.tasks.map((task) => task.state.kind)).toEqual(['completed', 'cancelled']);
    expect(await sh(repo, `git show tutti/${job.jobId}:a.txt`)).toBe('a');
  }));

test('a plan that covers no criterion runs to the end and says what could not be verified', () =>
  withEngine({}, async ({ submit }) => {
    const job: EngineJob = await submit({
      ...outline,
      acceptanceCriteria: ['it is good'],
      plan: givenPlan([{ script: 'echo a > a.txt' }]),
    });
    const view = await job.ended();
    expect(view.state).toBe('completed');
    expect(view.criteria[0]?.state).toBe('unverifiable');
    expect(view.warnings.join()).toContain('No command checks c1');
  }));

const bash = (command: string) => ({ calls: [{ name: 'bash', input: { command } }] });
const result = { calls: [{ name: 'submit_result', input: { summary: 'Done.', confidence: 0.5 } }] };
