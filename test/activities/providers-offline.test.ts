import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProviderFailure } from '../../src/activities/providers/failure.ts';
import { createProviders } from '../../src/activities/providers/index.ts';
import { anthropic } from '../../src/activities/providers/anthropic.ts';
import { outline } from '../../src/activities/providers/outline.ts';
import { isConfigured } from '../../src/activities/providers/provider.ts';
import { readScript, scripted } from '../../src/activities/providers/scripted.ts';
import { builderOpening, plannerOpening } from '../../src/activities/prompts/opening.ts';
import { render } from '../../src/activities/prompts/render.ts';
import { runTool } from '../../src/activities/tools/index.ts';
import { PROVIDER_IDS } from '../../src/domain/providers.ts';
import { completion, listener } from '../support/completion.ts';
import { withFolderBox } from '../support/folder-box.ts';
import type { Answer, Completion, Provider } from '../../src/activities/providers/provider.ts';
import type { Message, ToolCall } from '../../src/domain/conversation.ts';
import type { AgentRole } from '../../src/domain/roles.ts';
import type { Submitted } from '../../src/activities/tools/box.ts';

const HELLO = fileURLToPath(new URL('../support/scripts/hello.json', import.meta.url));

test('the table has every provider, and says what the unconfigured ones lack', () => {
  const table = createProviders({
    anthropic: null,
    openai: { apiKey: '', baseUrl: 'http://127.0.0.1:1/v1' },
    script: null,
  });
  expect(Object.keys(table)).toEqual(PROVIDER_IDS);
  expect(PROVIDER_IDS.filter((id) => isConfigured(table[id]))).toEqual(['openai', 'outline']);
  expect(table.anthropic).toMatchObject({ unconfigured: expect.stringContaining('ANTHROPIC_API_KEY') });
});

describe('a recording', () => {
  const play = (taskId: string, attempt: number, turn: number): Promise<Answer> =>
    scripted(readScript(HELLO)).complete(
      completion({ subject: { jobId: 'j000000001', taskId, attempt, turn, agentRole: 'builder' } }),
      listener(),
    );

  test('plays the turns of a task, and of an attempt where it has some', async () => {
    expect(await play('t1', 1, 2)).toMatchObject({
      stop: 'tool_use',
      content: [{ type: 'tool_call', callId: 'tutti_t1_1_2_1', name: 'submit_result' }],
      usageEstimated: true,
    });
    expect(await play('t1', 3, 2)).toMatchObject({ content: [{ callId: 'tutti_t1_3_2_1' }] });
    expect(await play('t1', 2, 1)).toEqual({
      content: [{ type: 'text', text: 'Nothing was left to do.' }],
      stop: 'end_turn',
      usage: { input: 10, output: 5, cacheRead: 90, cacheWrite: 0 },
      usageEstimated: false,
      model: 'claude-sonnet-5',
    });
    expect(await play('plan', 1, 1)).toEqual(await play('plan', 1, 1));
  });

  test('says what is missing where it has no turn', async () => {
    await expect(play('t1', 1, 3)).rejects.toThrow('only 2 turns in its step "t1", and turn 3 of attempt 1');
    const failure: unknown = await play('constructor', 1, 1).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ProviderFailure);
    expect(failure).toMatchObject({ repeatable: false, mayHaveCost: false });
  });

  test('can be stopped while it pauses', async () => {
    const live = listener();
    const reason = new Error('stop');
    const slow = scripted({ delay_ms: 60_000, steps: { t1: [{ text: 'late' }] } });
    await expect(slow.complete(completion(), { ...live, onProgress: () => live.abort(reason) })).rejects.toBe(
      reason,
    );
  });

  test('that is none names the field at fault', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tutti-script-'));
    try {
      const file = path.join(folder, 'bad.json');
      await writeFile(file, '{"steps": {"t1": [{"txt": "x"}]}}');
      expect(() => readScript(file)).toThrow(/bad\.json: \/steps\/t1\/0: Unrecognized key: "txt"/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

/** Drives a provider as the turn loop does, over a real folder, until it submits or stops. */
async function drive(
  provider: Provider,
  agentRole: AgentRole,
  opening: string,
  { notes = [] as string[], prepare = '' } = {},
): Promise<{ submitted: Submitted | null; texts: string[]; calls: number }> {
  const messages: Message[] = [{ role: 'user', content: [{ type: 'text', text: opening }] }];
  const run: { submitted: Submitted | null; texts: string[]; calls: number } = {
    submitted: null,
    texts: [],
    calls: 0,
  };
  await withFolderBox(async (box) => {
    if (prepare !== '') await box.run(prepare, { seconds: 5 });
    for (let turn = 1; turn < 20 && run.submitted === null; turn++) {
      const subject: Completion['subject'] = {
        jobId: 'j000000001',
        taskId: 't1',
        attempt: 1,
        turn,
        agentRole,
      };
      const { content, stop } = await provider.complete(completion({ messages, subject }), listener());
      messages.push({ role: 'assistant', content });
      run.texts.push(...content.flatMap((block) => (block.type === 'text' ? [block.text] : [])));
      if (stop === 'end_turn') {
        const note = notes.shift();
        if (note === undefined) return;
        messages.push({ role: 'user', content: [{ type: 'text', text: note }] });
        continue;
      }
      const runs = await Promise.all(
        content
          .filter((block): block is ToolCall => block.type === 'tool_call')
          .map((call) => runTool(call, box, agentRole)),
      );
      run.calls += runs.length;
      run.submitted = runs.find(({ submitted }) => submitted !== undefined)?.submitted ?? null;
      messages.push({ role: 'user', content: runs.map(({ result }) => result) });
    }
  });
  return run;
}

describe('without a model', () => {
  const spec = (description: string): Parameters<typeof plannerOpening>[0] => ({
    title: 'T',
    description,
    acceptanceCriteria: [],
    constraints: [],
    checks: [],
    setup: null,
    maxParallel: 2,
    budget: 0,
  });
  const task = (instructions: string): string =>
    builderOpening(
      spec('d'),
      { checks: [], criteria: [], network: 'none' },
      { title: 'A', instructions, files: [], checks: [] },
    );

  test('a planner hands in the tasks of the spec', async () => {
    const { submitted } = await drive(
      outline,
      'planner',
      plannerOpening(
        spec(
          'Do it.\n\n## Tasks\n- [x] Old\n- [ ] A (checks: c1: test -f a)\n  ```sh\n  touch a\n  ```\n- B (after t1, t2; files: b/**)\n  ```sh\n  touch b\n  ```',
        ),
      ),
    );
    expect(submitted).toMatchObject({
      kind: 'plan',
      draft: {
        tasks: [
          { taskId: 't2', title: 'A', dependsOn: [], checks: ['t2-check1'] },
          { taskId: 't3', title: 'B', dependsOn: ['t2'], files: ['b/**'] },
        ],
        checks: [{ checkId: 't2-check1', criterionId: 'c1', command: 'test -f a' }],
        setup: null,
      },
    });
  });

  test('a builder runs the shell blocks in order and hands in', async () => {
    const { submitted, calls } = await drive(
      outline,
      'builder',
      task('A\n```sh\necho 1 > n\n```\n\n```bash\ngrep 1 n\n```'),
    );
    expect(submitted).toEqual({ kind: 'result', summary: 'All 2 shell blocks exited 0.', confidence: 1 });
    expect(calls).toBe(3);
  });

  test('a failed block ends it with its words; a nudge runs nothing, a retry goes on there', async () => {
    const blocks =
      '```sh\necho x >> count\n```\n```sh\ntest "$(cat flag 2>/dev/null)" = 1 || { echo 1 > flag; echo no flag; exit 4; }\n```';
    const failed = await drive(outline, 'builder', task(blocks), {
      notes: [render('nudge', { tool: 'submit_result' })],
    });
    expect(failed.submitted).toBeNull();
    expect(failed.calls).toBe(2);
    expect(failed.texts[0]).toMatch(/^Shell block 2 of 2 failed:\nno flag\n\(exit code 4\)/);
    const retry = render('retry-note', { attempt: '2', reason: 'failed', conflicts: '', feedback: '' });
    const again = await drive(outline, 'builder', task(blocks), { notes: [retry] });
    expect(again.submitted).toMatchObject({ kind: 'result' });
    expect(again.calls).toBe(4);
  });

  test('instructions without a shell block are refused with the reason', async () => {
    const { submitted, texts } = await drive(outline, 'builder', task('Think.'));
    expect(submitted).toBeNull();
    expect(texts[0]).toContain('no shell block');
  });
});

test('the endpoint of the tests also runs as a process, and plays recorded agents', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tutti-endpoint-'));
  const file = path.join(folder, 'agents.json');
  const first = [{ status: 529, headers: { 'retry-after': '0' } }];
  await writeFile(
    file,
    JSON.stringify([{ when: 'Say hello', tool: 'submit_result', turns: [{ text: 'hello', first }] }]),
  );
  const main = fileURLToPath(new URL('../support/model-endpoint-main.mjs', import.meta.url));
  const child = spawn(process.execPath, [main, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  try {
    const url = await new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve));
    const provider = anthropic({ apiKey: 'k', baseUrl: url });
    await expect(provider.complete(completion(), listener())).rejects.toMatchObject({
      status: 529,
      retryAfterMs: 0,
    });
    expect(await provider.complete(completion(), listener())).toMatchObject({ content: [{ text: 'hello' }] });
    const stranger = completion({ messages: [{ role: 'user', content: [{ type: 'text', text: 'who?' }] }] });
    await expect(provider.complete(stranger, listener())).rejects.toMatchObject({ status: 400 });
  } finally {
    child.kill();
    expect(await exited).toBe(0);
    await rm(folder, { recursive: true });
  }
});
