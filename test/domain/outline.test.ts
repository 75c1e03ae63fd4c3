import { outlineProblems, parseOutline, shellBlocks } from '../../src/domain/outline.ts';

const SPEC = `# Add licences

Every file says whose it is.

## Acceptance criteria
- Every source file has a header
- The index lists
  every file

## Constraints
* Do not touch vendor/

## Checks
- \`npm test\`
- ./scripts/check.sh --all

## Setup
\`\`\`sh
npm ci
\`\`\`

## Background
Lawyers asked.

## Tasks
- [ ] Add the licence header
  \`\`\`sh
  ./scripts/licence.sh
    echo "# not a heading"
  \`\`\`
- [x] Write the script
- [ ] Build the index (after t1, t2; files: src/**, docs/{a,b}.md; checks: c1: \`test -f index; true\`; checks: npm run index)
  In two steps.

  \`\`\`bash
  make index
  \`\`\`
  \`\`\`js
  not.shell()
  \`\`\`
  \`\`\`sh
  make publish
  \`\`\`
`;

describe('an outline', () => {
  const outline = parseOutline(SPEC);

  test('has the first heading as its title and its lists as lists', () => {
    expect(outline.title).toBe('Add licences');
    expect(outline.criteria).toEqual(['Every source file has a header', 'The index lists every file']);
    expect(outline.constraints).toEqual(['Do not touch vendor/']);
    expect(outline.checks).toEqual(['npm test', './scripts/check.sh --all']);
    expect(outline.setup).toEqual(['npm ci']);
  });

  test('keeps prose and tasks in the description, and the description reads the same again', () => {
    expect(outline.description).toMatch(
      /^Every file says whose it is\.\n\n## Background\nLawyers asked\.\n\n## Tasks\n/,
    );
    expect(outline.description).not.toContain('vendor/');
    expect(parseOutline(outline.description).tasks).toEqual(outline.tasks);
  });

  test('gives its open items as tasks, numbered by their place', () => {
    expect(outline.tasks.map((task) => task.taskId)).toEqual(['t1', 't3']);
    expect(outline.tasks[0]).toMatchObject({
      title: 'Add the licence header',
      shell: ['./scripts/licence.sh\n  echo "# not a heading"'],
      after: [],
    });
    expect(outline.tasks[1]).toMatchObject({
      title: 'Build the index',
      shell: ['make index', 'make publish'],
      after: ['t1', 't2'],
      files: ['src/**', 'docs/{a,b}.md'],
      checks: [
        { criterionId: 'c1', command: 'test -f index; true' },
        { criterionId: null, command: 'npm run index' },
      ],
    });
    expect(outline.tasks[1]?.instructions).toContain('In two steps.');
    expect(outlineProblems(outline)).toEqual([]);
  });

  test('takes level-3 headings as tasks too, with lists inside them left alone', () => {
    const { tasks } = parseOutline(
      '## Tasks\n\n### Draw (see the sketch)\n- carefully\n\n```sh\ndraw\n```\n\n### Colour (after t1)\n\n```sh\ncolour\n```\n',
    );
    expect(tasks.map(({ title, shell, after }) => ({ title, shell, after }))).toEqual([
      { title: 'Draw (see the sketch)', shell: ['draw'], after: [] },
      { title: 'Colour', shell: ['colour'], after: ['t1'] },
    ]);
  });

  test('keeps nested list items in their task', () => {
    const { tasks } = parseOutline('## Tasks\n1. One\n   - a detail\n   ```sh\n   true\n   ```\n2. Two\n');
    expect(tasks.map((task) => task.title)).toEqual(['One', 'Two']);
    expect(tasks[0]?.instructions).toContain('- a detail');
  });

  test('without a shell block is refused by name, and so is one without tasks', () => {
    expect(outlineProblems(parseOutline('## Tasks\n- Think hard\n'))).toEqual([
      {
        pointer: '/description',
        detail: expect.stringContaining('task t1 ("Think hard") has no shell block'),
      },
    ]);
    expect(outlineProblems(parseOutline('Just prose.'))).toHaveLength(1);
  });

  test('of nothing is empty', () => {
    expect(parseOutline('')).toEqual({
      title: null,
      description: '',
      criteria: [],
      constraints: [],
      checks: [],
      setup: [],
      tasks: [],
    });
  });
});

test('shell blocks of longer fences hold shorter ones', () => {
  expect(shellBlocks('````sh\ncat <<E\n```\nE\n````\n```sh\n\n```')).toEqual(['cat <<E\n```\nE']);
});
