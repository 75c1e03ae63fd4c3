// The whole suite: build first (end-to-end tests run the built program), find a Temporal server once for all tests
// (on a new machine that downloads or builds it), then jest in ESM mode.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const run = (args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1;

const built = run(['scripts/build.mjs']);
if (built !== 0) process.exit(built);
process.env.TUTTI_TEST_TEMPORAL ||= await temporal();
process.exit(
  run([
    '--experimental-vm-modules',
    '--no-warnings',
    path.join(path.dirname(require.resolve('jest/package.json')), 'bin/jest.js'),
    ...process.argv.slice(2),
  ]),
);

/** On PATH, or cached in Tutti's home; else it is brought into a cache of the tests' own. */
async function temporal() {
  const { findTemporal, onPath } = await import('../dist/src/embedded/find.js');
  const { unsuitable } = await import('../dist/src/embedded/version.js');
  const { homePaths, tuttiHome } = await import('../dist/src/home.js');
  const cached = path.join(homePaths(tuttiHome(process.env)).temporal, 'bin/temporal');
  for (const program of [onPath('temporal', process.env), cached])
    if (program !== null && (await unsuitable(program)) === null) return program;
  const home = homePaths(path.join(homedir(), '.cache/tutti-test'));
  mkdirSync(home.root, { recursive: true });
  return findTemporal({ home, env: process.env, onProgress: (line) => process.stderr.write(`${line}\n`) });
}
