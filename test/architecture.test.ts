import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');

interface Row {
  readonly run: readonly string[];
  /** May be imported as types besides. */
  readonly types?: readonly string[];
}

/**
 * Who may import whom when the program runs: folders of `src` by their name, single files by their path, packages by
 * theirs, and `node` for what comes with it.
 */
const MAY_IMPORT: Readonly<Record<string, Row>> = {
  domain: { run: ['domain'] },
  contract: { run: ['contract', 'domain', 'zod', 'zod-openapi', 'eventsource-parser'] },
  workflows: {
    run: ['workflows', 'domain', '@temporalio/workflow', '@temporalio/common'],
    types: ['activities'],
  },
  store: { run: ['store', 'domain', 'node'] },
  activities: {
    run: [
      'activities',
      'store',
      'domain',
      'zod',
      'node',
      '@temporalio/activity',
      '@temporalio/common',
      '@anthropic-ai/sdk',
      'openai',
    ],
  },
  api: {
    run: [
      'api',
      'store',
      'contract',
      'domain',
      'src/workflows/messages.ts',
      'zod',
      'node',
      '@temporalio/client',
      '@temporalio/common',
      'express',
      'express-rate-limit',
      'helmet',
      'pino-http',
    ],
    types: ['workflows', 'pino'],
  },
  cli: {
    run: ['cli', 'contract', 'domain', 'src/home.ts', 'node', 'commander', '@clack/prompts', 'yaml'],
  },
  config: { run: ['config', 'domain', 'src/home.ts', 'zod', 'yaml', 'node'], types: ['src/config.ts'] },
  'src/config.ts': { run: ['config', 'domain', 'src/home.ts', 'node'] },
  'src/home.ts': { run: ['node'] },
  embedded: {
    run: [
      'embedded',
      'src/home.ts',
      'src/workflows/messages.ts',
      'zod',
      'node',
      'execa',
      '@temporalio/client',
      '@temporalio/common',
      '@temporalio/envconfig',
    ],
  },
};

/** Where the parts are put together: these import what their side needs, and the configuration. */
const COMPOSITION_ROOTS =
  /^(worker\.ts|src\/worker\/.*|src\/api\/(server|settings)\.ts|src\/cli\/(demo|up|api|worker|doctor|config|token|server|start)\b.*)$/;

/** Who may talk to Temporal as a client. */
const TEMPORAL_CLIENTS =
  /^(worker\.ts|src\/worker\/.*|src\/api\/gateway(-errors)?\.ts|src\/cli\/(api|doctor\/temporal)\.ts|src\/embedded\/.*)$/;

const LONGEST_FILE = 300;
const MEDIAN_FILE = 100;

interface Import {
  readonly file: string;
  readonly to: string;
  readonly types: boolean;
}

const files = sources();
const imports = files.flatMap(importsOf);

test('every import is allowed by the table', () => {
  const wrong = imports.filter(({ file, to, types }) => {
    if (COMPOSITION_ROOTS.test(file)) return false;
    const row = MAY_IMPORT[folderOf(file)];
    const allowed = [...(row?.run ?? []), ...(types ? (row?.types ?? []) : [])];
    return !allowed.includes(to) && !allowed.includes(folderOf(to));
  });
  expect(wrong).toEqual([]);
});

test('Temporal is called by the gateway, the workers and what starts a server, and by nobody else', () => {
  const callers = imports.filter(({ to, types }) => to === '@temporalio/client' && !types);
  expect(callers.filter(({ file }) => !TEMPORAL_CLIENTS.test(file))).toEqual([]);
});

test('no two folders import each other, however long the way round', () => {
  const edges = imports
    .filter(({ file, types }) => !types && !COMPOSITION_ROOTS.test(file))
    .map(({ file, to }) => [folderOf(file), folderOf(to)] as const)
    .filter(([from, to]) => from !== to);
  const reaches = (from: string, goal: string, seen: Set<string>): boolean =>
    edges.some(([a, b]) => a === from && (b === goal || (!seen.has(b) && reaches(b, goal, seen.add(b)))));
  const folders = [...new Set(edges.map(([from]) => from))];
  expect(folders.filter((folder) => reaches(folder, folder, new Set()))).toEqual([]);
});

test('files are small: none over 300 lines, half of them under 100', () => {
  const lines = files.map((file) => ({ file, lines: read(file).split('\n').length - 1 }));
  expect(lines.filter((one) => one.lines > LONGEST_FILE)).toEqual([]);
  const sorted = lines.map((one) => one.lines).toSorted((a, b) => a - b);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(MEDIAN_FILE);
});

test('prompts are files, not strings in code', () => {
  expect(files.filter((file) => /\bYou are (a|an|the)\b/.test(read(file)))).toEqual([]);
});

test('there is no drawer for what has no name', () => {
  expect(files.filter((file) => /(^|\/)(utils?|helpers?|common|lib|misc)(\/|\.ts$)/.test(file))).toEqual([]);
});

function sources(): string[] {
  const below = readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  return ['worker.ts', ...below.filter((name) => name.endsWith('.ts')).map((name) => `src/${name}`)];
}

function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

/** What a file imports or re-exports: a file of ours, a package, or `node`. */
function importsOf(file: string): Import[] {
  const found = read(file).matchAll(/^(?:import|export)\s+(type\s+)?(?:[^'";]*?\s+from\s+)?'([^']+)'/gm);
  return [...found].map(([, type, from = '']) => ({
    file,
    to: target(file, from),
    types: type !== undefined,
  }));
}

function target(file: string, from: string): string {
  if (from.startsWith('.')) return path.posix.normalize(path.posix.join(path.posix.dirname(file), from));
  if (from.startsWith('node:')) return 'node';
  return from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The folder of `src` that a file belongs to; a file directly in `src` and a package are their own. */
function folderOf(file: string): string {
  return /^src\/([^/]+)\//.exec(file)?.[1] ?? file;
}
