// Records the histories that test/replay replays. Only when the workflows changed on purpose and no job of an older
// version may still be open.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const env = { ...process.env, TUTTI_RECORD_HISTORIES: '1' };
const { status } = spawnSync(
  process.execPath,
  ['scripts/test.mjs', 'test/replay', '-t', 'replays as it ran'],
  {
    cwd: root,
    env,
    stdio: 'inherit',
  },
);
process.exit(status ?? 1);
