import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bash, submitPlan, submitResult } from '../support/replies.ts';
import { run, tutti } from '../support/program.ts';
import { sh } from '../support/repository.ts';
import { withModelEndpoint } from '../support/model-endpoint.ts';
import { withServer } from '../support/server.ts';
import type { Ran } from '../support/program.ts';
import type { Server } from '../support/server.ts';

const FOLLOW = ['--auto-approve', '--follow'] as const;

const agents = [
  {
    when: 'Plan this job: Greet',
    turns: [
      submitPlan(
        [{ title: 'Write the greeting', checks: ['k'] }],
        [{ check_id: 'k', command: 'grep -q hello greeting.txt' }],
      ),
    ],
  },
  { when: 'Your task: Write the greeting', turns: [bash('echo hello > greeting.txt'), submitResult()] },
  { when: 'Plan this job: Fail', turns: [{ text: 'I will not.', stop: 'refusal' as const }] },
];

const OUTLINE = `# Two files

Write two files.

## Acceptance criteria

- Both are there
- They read well

## Checks

- \`test -f a.txt && test -f b.txt\`

## Tasks

- [ ] Write a
  \`\`\`sh
  echo a > a.txt
  \`\`\`
- [ ] Write b (after t1; files: b.txt)
  \`\`\`sh
  cat a.txt > b.txt
  \`\`\`
`;

const GIVEN = `title: A plan of mine
description: Carry it out.
provider: outline
plan:
  tasks:
    - title: Write c
      instructions: "\`\`\`sh\\necho c > c.txt\\n\`\`\`"
      checks: [k]
    - title: Break
      instructions: "\`\`\`sh\\necho d > d.txt\\n\`\`\`"
      checks: [never]
  checks:
    - { check_id: k, command: grep -q c c.txt }
    - { check_id: never, command: "false" }
`;

test(
  "a model's plan, a given plan and an outline go through the command line, with exit codes and output to rely on",
  () =>
    withModelEndpoint(agents, (endpoint) =>
      withServer(
        { env: { ANTHROPIC_API_KEY: 'test-key', ANTHROPIC_BASE_URL: endpoint.url } },
        async (server) => {
          const dir = path.dirname(server.repo);
          await writeFile(path.join(dir, 'outline.md'), OUTLINE);
          await writeFile(path.join(dir, 'given.yaml'), GIVEN);
          const submit = (...args: string[]) => tutti(server, 'submit', ...args, ...FOLLOW);
          const [planned, refused, outlined, given] = await Promise.all([
            submit('--title', 'Greet', '--budget', '2'),
            submit('--title', 'Fail', '--json'),
            submit(path.join(dir, 'outline.md'), '--provider', 'outline', '--json'),
            submit(path.join(dir, 'given.yaml'), '--timeout', '5'),
          ]);

          expect([planned.code, planned.stderr]).toEqual([
            0,
            expect.stringMatching(/Submitted j[0-9a-z]{9}/),
          ]);
          expect(planned.stdout).toContain('git log -p');
          expectPlain(planned);

          expect(refused.code).toBe(1);
          expect(linesOf(refused).at(-1)).toMatchObject({
            state: 'failed',
            reason: expect.stringContaining('I will not'),
          });

          expect(outlined.code).toBe(0);
          const lines = linesOf(outlined);
          expect(lines.slice(0, -1).every((line) => typeof line['type'] === 'string')).toBe(true);
          expect(lines.map((line) => line['type'])).toEqual(
            expect.arrayContaining(['job.state', 'plan.ready', 'task.state', 'merge.finished']),
          );
          const final = lines.at(-1);
          expect(final).toMatchObject({
            state: 'completed',
            criteria: [{ state: 'unverifiable' }, { state: 'unverifiable' }],
          });
          expectPlain(outlined);

          // A failed task waits for a person.
          expect([given.code, given.stderr]).toEqual([1, expect.stringContaining('Not finished after 5 s.')]);
          await expectClosed(server, /Submitted (\w+)/.exec(given.stderr)?.[1] ?? '');
          await expectPatch(server, String(final?.['job_id']));
          await expectFetch(server, dir);
        },
      ),
    ),
  120_000,
);

/** No terminal's codes where there is no terminal. */
const expectPlain = ({ stdout, stderr }: Ran): void => expect(`${stdout}${stderr}`).not.toContain('\x1b');

const linesOf = ({ stdout }: Ran): Record<string, unknown>[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** A job that needs attention is closed with what is merged, and whoever follows it is told by the exit code. */
async function expectClosed(server: Server, jobId: string): Promise<void> {
  await server.client.status({ job_id: jobId, until: 'needs_attention', wait_s: 50 });
  expect((await tutti(server, 'close', jobId)).code).toBe(1);
  expect((await tutti(server, 'close', jobId, '--yes')).code).toBe(0);
  const watched = await tutti(server, 'watch', jobId);
  expect(watched.code).toBe(1);
  expect(watched.stdout).toContain('completed with failures');
  expect(await sh(server.repo, `git ls-tree --name-only tutti/${jobId}`)).toBe('c.txt\nreadme.md');
}

/** `tutti diff JOB | git apply` gives what the result branch holds. */
async function expectPatch(server: Server, jobId: string): Promise<void> {
  const { stdout, code } = await tutti(server, 'diff', jobId);
  expect(code).toBe(0);
  const apply = (...args: string[]) =>
    run(['git', 'apply', ...args], { cwd: server.repo, env: server.env, input: stdout });
  expect(await apply('--check')).toMatchObject({ code: 0, stderr: '' });
  expect((await apply('--index')).code).toBe(0);
  expect(await sh(server.repo, `git diff --cached tutti/${jobId}`)).toBe('');
  await sh(server.repo, 'git reset -q --hard');
}

/** The branch of a job on a url stays in the hub until `tutti fetch` brings it into a clone. */
async function expectFetch(server: Server, dir: string): Promise<void> {
  const url = `file://${server.repo}`;
  const clone = path.join(dir, 'clone');
  await sh(dir, `git clone -q ${url} ${clone}`);
  const ran = await tutti(
    server,
    'submit',
    path.join(dir, 'outline.md'),
    '--repo',
    url,
    '--provider',
    'outline',
    '--json',
    ...FOLLOW,
  );
  const final = linesOf(ran).at(-1);
  expect(final).toMatchObject({
    state: 'completed',
    repository: { url, path: null },
    delivery: { state: 'kept' },
  });
  const branch = `tutti/${String(final?.['job_id'])}`;
  expect(await sh(server.repo, `git branch --list ${branch}`)).toBe('');
  const fetched = await tutti({ ...server, repo: clone }, 'fetch', String(final?.['job_id']));
  expect([fetched.code, fetched.stdout]).toEqual([0, `${branch}\n`]);
  expect(await sh(clone, `git show ${branch}:b.txt; git status --porcelain; git branch --show-current`)).toBe(
    'a\nmain',
  );
}
