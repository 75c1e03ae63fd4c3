// The whole suite: build first (end-to-end tests run the built program), then jest in ESM mode.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const run = (args) =>
  spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1;

const built = run(['scripts/build.mjs']);
process.exit(
  built ||
    run([
      '--experimental-vm-modules',
      '--no-warnings',
      path.join(path.dirname(require.resolve('jest/package.json')), 'bin/jest.js'),
      ...process.argv.slice(2),
    ]),
);
