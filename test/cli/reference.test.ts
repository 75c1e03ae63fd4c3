import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { cliReference } from '../../src/cli/reference.ts';
import { completionScript } from '../../src/cli/completion.ts';
import { createProgram } from '../../src/cli/program.ts';
import { processIo } from '../../src/cli/io.ts';

const program = createProgram({ io: processIo(), exit() {} });

test('docs/cli.md is what the program says of itself; "npm run docs" writes it', () => {
  const file = path.resolve(import.meta.dirname, '../../docs/cli.md');
  expect(readFileSync(file, 'utf8')).toBe(cliReference(program));
});

test('these are the commands', () => {
  expect(program.commands.map((command) => command.name()).sort()).toEqual(
    'api approve budget cancel close completion config delete demo diff doctor fetch jobs logs open plan providers reject retry status submit token turns up watch worker'.split(
      ' ',
    ),
  );
});

test.each([
  ['tutti ap', ['api', 'approve']],
  ['tutti token ', ['create', 'list', 'revoke']],
  ['tutti token --json cr', ['create']],
  ['tutti submit --max', ['--max-workers']],
  ['tutti completion z', ['zsh']],
  ['tutti approve --y', ['--yes']],
  ['tutti submit package.js', ['package.json']],
])('bash completes %j', (line, expected) => {
  const words = line.split(' ');
  const script = `${completionScript(program, 'bash')}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
compopt() { :; }
_tutti
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const root = path.resolve(import.meta.dirname, '../..');
  const found = execFileSync('bash', ['-c', script], { cwd: root, encoding: 'utf8' }).trim().split('\n');
  expect(found).toEqual(expect.arrayContaining(expected));
  expect(found.every((word) => word.startsWith(words.at(-1) ?? ''))).toBe(true);
});

test.each(['zsh', 'fish'] as const)('the %s script knows every command with its description', (shell) => {
  const script = completionScript(program, shell);
  for (const command of program.commands) expect(script).toContain(command.name());
  expect(script).toContain('Approve the plan that it prints; the tasks begin');
});
