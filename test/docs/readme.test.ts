import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createProgram } from '../../src/cli/program.ts';
import { processIo } from '../../src/cli/io.ts';
import { KEYS } from '../../src/config/keys.ts';
import { VARIABLES } from '../../src/config/variables.ts';
import { ROUTES } from '../../src/contract/routes.ts';
import { codeIn, curlCalls, linksIn, namedRoutes, npmScripts, tuttiCommands } from './markdown.ts';
import type { Route } from '../../src/contract/route.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const markdownIn = (folder: string): string[] =>
  readdirSync(path.join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join(folder, name));
// docs/api.md and docs/cli.md are generated, and have tests of their own.
const DOCUMENTS = ['.', 'docs/decisions', 'src/domain'].flatMap(markdownIn);
const README = read('README.md');

const program = createProgram({ io: processIo(), exit() {} });
const routes: readonly Route[] = Object.values(ROUTES);

/** Why a command line would be refused; null: the program has its command and every flag. */
function flawOf(words: readonly string[]): string | null {
  let command = program;
  for (const word of words) {
    if (word.startsWith('-')) {
      const flag = word.split('=')[0] ?? '';
      const known = [...command.options, ...program.options].flatMap(({ long, short }) => [long, short]);
      if (!known.includes(flag) && !['--help', '-h'].includes(flag)) return `no flag ${flag}`;
    } else {
      const next = command.commands.find((one) => one.name() === word);
      if (next === undefined && (command === program || command.commands.length > 0))
        return `no command ${word}`;
      command = next ?? command;
    }
  }
  return null;
}

describe.each(DOCUMENTS)('%s', (file) => {
  const text = read(file);

  test('names only commands and flags that the program has', () => {
    const flaws = tuttiCommands(codeIn(text))
      .map((words) => ({ line: `tutti ${words.join(' ')}`, flaw: flawOf(words) }))
      .filter(({ flaw }) => flaw !== null);
    expect(flaws).toEqual([]);
  });

  test('names only scripts that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    expect(npmScripts(codeIn(text)).filter((name) => !(name in scripts))).toEqual([]);
  });

  test('names only routes and query fields that the API has', () => {
    const missing = [...curlCalls(codeIn(text)), ...namedRoutes(codeIn(text))].filter(
      (call) =>
        !routes.some(
          (route) =>
            route.method === call.method &&
            route.path === call.path &&
            call.query.every((name) => name in (route.query?.shape ?? {})),
        ),
    );
    expect(missing).toEqual([]);
  });

  test('links to files that are there', () => {
    const folder = path.join(ROOT, path.dirname(file));
    const dead = linksIn(text).filter((link) => !existsSync(path.resolve(folder, link)));
    expect(dead).toEqual([]);
  });
});

test('the README shows the seven calls of the skill', () => {
  const shown = curlCalls(codeIn(README)).map(({ method, path: at }) => `${method} ${at}`);
  expect(shown).toEqual([
    'POST /orchestrate/submit',
    'POST /orchestrate/{job_id}/approve',
    'GET /orchestrate/{job_id}/status',
    'POST /orchestrate/{job_id}/task/{task_id}/retry',
    'GET /orchestrate/jobs',
    'DELETE /orchestrate/{job_id}',
    'GET /orchestrate/providers',
  ]);
});

test('the README names every key of the configuration and every variable beside them', () => {
  const variables = [...VARIABLES, ...Object.values(KEYS).flatMap(({ env }) => env ?? [])];
  // Played recordings and names of hosts are for tests and for what is not there yet.
  const silent = ['TUTTI_SCRIPT', 'TUTTI_HOST_ID'];
  const wanted = [...Object.keys(KEYS), ...variables].filter((name) => !silent.includes(name));
  expect(wanted.filter((name) => !README.includes(`\`${name}\``))).toEqual([]);
});
