import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeRepository } from '../support/repository.ts';
import { JOB, plan, status } from './samples.ts';
import { withFakeApi } from './fake-api.ts';
import { withTerminal } from './terminal.ts';
import type { FakeApi } from './fake-api.ts';
import type { Terminal } from './terminal.ts';

const SPEC = `# Add user authentication

JWT-based.

## Acceptance criteria
- All tests pass

## Constraints
- Use the existing User model

## Checks
- \`npm test\`

## Tasks
- [ ] Add the store
  \`\`\`sh
  make store
  \`\`\`
`;

const withBoth = (use: (api: FakeApi, terminal: Terminal) => Promise<void>) =>
  withFakeApi((api) => withTerminal({ url: api.url }, (terminal) => use(api, terminal)));

const sent = (api: FakeApi) => api.requests('submit').at(-1)?.body as Record<string, unknown>;

test('a spec in Markdown becomes the fields of the API, and its tasks stay in the description', () =>
  withBoth(async (api, { dir, tutti, stdout }) => {
    await writeFile(path.join(dir, 'spec.md'), SPEC);
    expect(await tutti('submit', 'spec.md')).toBe(0);
    expect(sent(api)).toMatchObject({
      title: 'Add user authentication',
      constraints: ['Use the existing User model'],
      acceptance_criteria: ['All tests pass'],
      checks: ['npm test'],
    });
    expect(sent(api)['description']).toMatch(/^JWT-based\.[^]*## Tasks[^]*make store/);
    expect(sent(api)).not.toHaveProperty('setup');
    expect(stdout()).toContain(`${JOB}  Add user authentication`);
    expect(stdout()).toContain(`Next: tutti approve ${JOB}`);
  }));

test('flags beat the file, labels are joined with its labels', () =>
  withBoth(async (api, { dir, tutti }) => {
    await writeFile(
      path.join(dir, 'spec.yaml'),
      'title: A\ndescription: B\nmax_workers: 2\nchecks: [make]\nlabels: {team: red, kind: fix}\nrepository: ./source\n',
    );
    const flags = [
      '--title',
      'C',
      '--check',
      'npm test',
      '--check',
      'npm run lint',
      '--label',
      'team=blue',
      '--budget',
      '2.5',
    ];
    expect(await tutti('submit', 'spec.yaml', ...flags, '--auto-approve')).toBe(0);
    expect(sent(api)).toEqual({
      title: 'C',
      description: 'B',
      max_workers: 2,
      budget_usd: 2.5,
      checks: ['npm test', 'npm run lint'],
      labels: { team: 'blue', kind: 'fix' },
      auto_approve: true,
      repository: path.join(dir, 'source'),
    });
  }));

test.each([
  ['# From stdin\n\nDo it.\n', { title: 'From stdin', description: 'Do it.' }],
  ['title: From stdin\ndescription: Do it.\n', { title: 'From stdin', description: 'Do it.' }],
  ['{"title": "From stdin", "description": "Do it."}', { title: 'From stdin', description: 'Do it.' }],
])('a spec can come from stdin: %j', (text, body) =>
  withBoth(async (api, terminal) => {
    terminal.type(text);
    terminal.end();
    expect(await terminal.tutti('submit', '-')).toBe(0);
    expect(sent(api)).toEqual(body);
  }),
);

test('it sends the repository that it is called in, and --repo, --ref and --no-repo change that', () =>
  withBoth(async (api, { dir, tutti, stderr }) => {
    const submit = async (...flags: string[]) => {
      expect(await tutti('submit', '--title', 'x', ...flags)).toBe(0);
      return sent(api)['repository'];
    };
    expect(await submit()).toBeUndefined();
    await makeRepository(dir);
    expect(await submit()).toEqual({ path: dir });
    expect(await submit('--ref', 'v1')).toEqual({ path: dir, base: 'v1' });
    expect(await submit('--no-repo')).toBeUndefined();
    expect(await submit('--repo', 'other')).toEqual({ path: path.join(dir, 'other') });
    expect(await submit('--repo', 'https://example.org/a.git', '--ref', 'main')).toEqual({
      url: 'https://example.org/a.git',
      base: 'main',
    });
    expect(await tutti('submit', '--title', 'x', '--no-repo', '--ref', 'main')).toBe(1);
    expect(stderr()).toContain('--ref needs a repository');
  }));

test('a job that is still being planned says how to see it', () =>
  withBoth(async (api, { tutti, stdout }) => {
    api.plan = null;
    expect(await tutti('submit', '--title', 'x')).toBe(0);
    expect(stdout()).toContain(`It is being planned: tutti watch ${JOB}`);
    api.plan = plan();
  }));

test('a job whose planning has failed at once says why and is no success', () =>
  withBoth(async (api, { tutti, stdout }) => {
    api.plan = null;
    api.become(status({ state: 'failed', reason: 'provider_failed: 401 the key is not known', tasks: [] }));
    expect(await tutti('submit', '--title', 'x')).toBe(1);
    expect(stdout()).toContain('provider_failed: 401 the key is not known');
  }));

test.each([
  [['submit'], 'Nothing to submit'],
  [['submit', 'missing.md'], 'There is no file missing.md'],
  [['submit', 'folder'], 'folder is a folder'],
  [['submit', 'empty.md'], 'empty.md is empty'],
  [['submit', 'broken.yaml'], 'broken.yaml: '],
  [['submit', 'list.yaml'], 'list.yaml must be a map of fields'],
  [['submit', '--title', 'x', '--label', 'nothing'], '--label nothing should look like KEY=VALUE'],
])('%j starts nothing and says why', (argv, said) =>
  withBoth(async (api, { dir, tutti, stderr }) => {
    await mkdir(path.join(dir, 'folder'));
    await writeFile(path.join(dir, 'empty.md'), '\n');
    await writeFile(path.join(dir, 'broken.yaml'), 'title: [');
    await writeFile(path.join(dir, 'list.yaml'), '- title');
    expect(await tutti(...argv)).toBe(1);
    expect(stderr()).toContain(said);
    expect(api.requests('submit')).toHaveLength(0);
  }),
);
