import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AGENT_ROLES } from '../../src/domain/roles.ts';
import { runTool, toolSpecs } from '../../src/activities/tools/index.ts';
import { withFolderBox } from '../support/folder-box.ts';
import type { ToolRun, ToolBox } from '../../src/activities/tools/box.ts';
import type { AgentRole } from '../../src/domain/roles.ts';

const use = (box: ToolBox, name: string, input: unknown, role: AgentRole = 'builder'): Promise<ToolRun> =>
  runTool({ type: 'tool_call', callId: 'call-1', name, input }, box, role);
const edit = (box: ToolBox, input: unknown): Promise<ToolRun> =>
  use(box, 'str_replace_based_edit_tool', input);

test.each(Object.keys(AGENT_ROLES) as AgentRole[])(
  'the tools of a %s are described as plain JSON schemas',
  (role) => {
    const specs = toolSpecs(role);
    expect(specs.map((spec) => spec.name)).toEqual(AGENT_ROLES[role].tools);
    for (const spec of specs) {
      expect(spec.description.length).toBeGreaterThan(50);
      expect(spec.inputSchema).toMatchObject({ type: 'object', properties: expect.anything() });
      expect(spec.inputSchema).not.toHaveProperty('$schema');
      expect(JSON.parse(JSON.stringify(spec.inputSchema))).toEqual(spec.inputSchema);
    }
  },
);

describe('bash', () => {
  test('runs a script and says how it ended', () =>
    withFolderBox(async (box) => {
      expect((await use(box, 'bash', { command: 'echo hi' })).result).toEqual({
        type: 'tool_result',
        callId: 'call-1',
        text: 'hi\n',
        isError: false,
      });
      expect((await use(box, 'bash', { command: 'true' })).result.text).toBe('(no output)');
      expect((await use(box, 'bash', { command: 'echo oh; exit 3' })).result).toMatchObject({
        text: 'oh\n(exit code 3)',
        isError: true,
      });
      expect((await use(box, 'bash', { command: 'sleep 9', timeout_s: 1 })).result).toMatchObject({
        text: '(stopped: after 1 s)',
        isError: true,
      });
      expect((await use(box, 'bash', { restart: true })).result.isError).toBe(false);
      expect((await use(box, 'bash', {})).result.text).toContain('/command');
    }));

  test('cuts long output head and tail and keeps the whole', () =>
    withFolderBox(async (box) => {
      const { result, full } = await use(box, 'bash', { command: 'seq 1 20000' });
      expect(Buffer.byteLength(result.text)).toBeLessThan(16_200);
      expect(result.text).toMatch(
        /^1\n2\n[\s\S]*\[… 92894 of 108894 bytes left out here …\][\s\S]*\n20000\n$/,
      );
      expect(full).toHaveLength(108_894);
      const wide = await use(box, 'bash', { command: "printf 'é%.0s' $(seq 1 10001)" });
      expect(wide.result.text).not.toContain('\uFFFD');
      expect((await use(box, 'bash', { command: "printf 'a\\0b'" })).result.text).toBe('a\uFFFDb');
    }));
});

describe('str_replace_based_edit_tool', () => {
  test('creates, views, replaces and inserts', () =>
    withFolderBox(async (box, folder) => {
      const onDisk = (): Promise<string> => readFile(path.join(folder, 'src/a.ts'), 'utf8');
      await edit(box, { command: 'create', path: '/workspace/src/a.ts', file_text: 'one\ntwo\nthree\n' });
      expect((await edit(box, { command: 'view', path: 'src/a.ts', view_range: [2, -1] })).result.text).toBe(
        '     2\ttwo\n     3\tthree',
      );
      expect((await edit(box, { command: 'view', path: '/workspace' })).result.text).toBe(
        '/workspace/\nsrc/\nsrc/a.ts',
      );
      await edit(box, { command: 'str_replace', path: 'src/a.ts', old_str: 'two', new_str: '$& 2' });
      await edit(box, { command: 'insert', path: 'src/a.ts', insert_line: 0, insert_text: 'zero' });
      expect(await onDisk()).toBe('zero\none\n$& 2\nthree\n');
      await edit(box, { command: 'str_replace', path: 'src/a.ts', old_str: 'one\n' });
      expect(await onDisk()).toBe('zero\n$& 2\nthree\n');
    }));

  test('keeps the line ends of a file that has carriage returns', () =>
    withFolderBox(async (box, folder) => {
      await box.writeFile('w.txt', 'a\r\nb\r\nc\r\n');
      await edit(box, { command: 'str_replace', path: 'w.txt', old_str: 'a\nb', new_str: 'x\ny' });
      await edit(box, { command: 'insert', path: 'w.txt', insert_line: 3, insert_text: 'd\n' });
      expect(await readFile(path.join(folder, 'w.txt'), 'utf8')).toBe('x\r\ny\r\nc\r\nd\r\n');
    }));

  test('says what is wrong with a call and changes nothing', () =>
    withFolderBox(async (box) => {
      await box.writeFile('a.txt', 'x x\n');
      await box.writeFile('bin', '\u0000');
      await box.run('printf "\\xff\\xfe" > bin', { seconds: 5 });
      const wrong: [unknown, string][] = [
        [{ command: 'view', path: '../etc/passwd' }, '/path: "../etc/passwd" is outside /workspace'],
        [{ command: 'create', path: '/workspace/../x', file_text: '' }, 'is outside /workspace'],
        [{ command: 'view', path: '/etc/passwd' }, 'is outside /workspace'],
        [{ command: 'view', path: 'a\0' }, 'NUL'],
        [{ command: 'view', path: 'none' }, '/path: there is no file none'],
        [{ command: 'view', path: 'a.txt/b' }, '/path: there is no file'],
        [{ command: 'view', path: 'bin' }, 'not a UTF-8 text file'],
        [{ command: 'view', path: 'a.txt', view_range: [2, 9] }, '/view_range'],
        [{ command: 'str_replace', path: 'a.txt', old_str: 'y', new_str: '' }, '/old_str: is not in a.txt'],
        [{ command: 'str_replace', path: 'a.txt', old_str: 'x', new_str: '' }, '/old_str: stands 2 times'],
        [{ command: 'str_replace', path: 'a.txt' }, '/old_str: is missing'],
        [{ command: 'insert', path: 'a.txt', insert_line: 2, insert_text: 'y' }, '/insert_line'],
        [{ command: 'create', path: 'a.txt' }, '/file_text'],
        [{ command: 'undo_edit', path: 'a.txt' }, '/command'],
        [{ path: 7 }, '/path'],
        [null, 'not valid'],
      ];
      for (const [input, words] of wrong) {
        const { result } = await edit(box, input);
        expect(result).toMatchObject({ isError: true, text: expect.stringContaining(words) });
      }
      expect(await box.readFile('a.txt')).toEqual(Buffer.from('x x\n'));
    }));

  test('only reads for an agent that may not write', () =>
    withFolderBox(async (box) => {
      const { result } = await edit(box, { command: 'create', path: 'a', file_text: '' });
      expect(result).toMatchObject({ isError: true, text: expect.stringContaining('only reads') });
      expect(await box.list('')).toEqual([]);
    }, false));
});

describe('submitting', () => {
  const plan = {
    summary: 'Two parts',
    tasks: [
      { title: 'A', instructions: 'do a' },
      {
        task_id: 'b',
        title: 'B',
        instructions: 'do b',
        depends_on: ['t1'],
        files: ['b/**'],
        checks: ['k'],
        estimate_usd: 0.1,
      },
    ],
    checks: [{ check_id: 'k', criterion_id: 'c1', command: 'npm test' }],
  };

  test('a plan gives its draft', () =>
    withFolderBox(async (box) => {
      const { result, submitted } = await use(
        box,
        'submit_plan',
        { ...plan, tasks: JSON.stringify(plan.tasks) },
        'planner',
      );
      expect(result.isError).toBe(false);
      expect(submitted).toEqual({
        kind: 'plan',
        draft: {
          summary: 'Two parts',
          setup: null,
          network: null,
          tasks: [
            {
              taskId: null,
              title: 'A',
              instructions: 'do a',
              dependsOn: [],
              files: [],
              checks: [],
              model: null,
              maxAttempts: null,
              estimate: null,
            },
            {
              taskId: 'b',
              title: 'B',
              instructions: 'do b',
              dependsOn: ['t1'],
              files: ['b/**'],
              checks: ['k'],
              model: null,
              maxAttempts: null,
              estimate: 100_000,
            },
          ],
          checks: [
            {
              checkId: 'k',
              criterionId: 'c1',
              kind: 'command',
              command: 'npm test',
              expectExit: null,
              timeoutSeconds: null,
            },
          ],
        },
      });
    }));

  test('a bad plan names its fields, and few of them when there are many', () =>
    withFolderBox(async (box) => {
      const bad = {
        summary: 's',
        tasks: [{ title: '', instructions: 'x', depends_on: 't1' }],
        checks: [{ check_id: 'k', command: 'x', timeout_s: Infinity }],
      };
      const { result, submitted } = await use(box, 'submit_plan', bad, 'planner');
      expect(submitted).toBeUndefined();
      expect(result.isError).toBe(true);
      for (const field of ['/tasks/0/title', '/tasks/0/depends_on', '/checks/0/timeout_s'])
        expect(result.text).toContain(field);
      const many = await use(
        box,
        'submit_plan',
        { summary: 's', tasks: Array.from({ length: 10_000 }, () => 1) },
        'planner',
      );
      expect(many.result.text).toContain('and 9980 more');
      expect(many.full).toBeNull();
    }));

  test('a result needs a confidence between 0 and 1', () =>
    withFolderBox(async (box) => {
      expect((await use(box, 'submit_result', { summary: 'done', confidence: 0.5 })).submitted).toEqual({
        kind: 'result',
        summary: 'done',
        confidence: 0.5,
      });
      expect((await use(box, 'submit_result', { summary: 'done', confidence: 95 })).result.text).toContain(
        '/confidence',
      );
    }));

  test('cut JSON and unknown tools are told as such, with the tools of the role', () =>
    withFolderBox(async (box) => {
      const cut = await runTool(
        { type: 'tool_call', callId: 'c', name: 'bash', input: null, malformed: '{"comma' },
        box,
        'builder',
      );
      expect(cut.result).toMatchObject({
        isError: true,
        text: expect.stringContaining('not JSON (7 characters'),
      });
      const unknown = await use(box, 'submit_plan', plan);
      expect(unknown.result.text).toBe(
        'Error: there is no tool "submit_plan"; the tools are bash, str_replace_based_edit_tool, submit_result',
      );
      expect((await use(box, '__proto__', {})).result.isError).toBe(true);
    }));
});
