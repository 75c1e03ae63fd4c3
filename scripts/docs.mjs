// Regenerates the documents that are made from the program; `--check` only says whether they are stale.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const here = import.meta.dirname;
const results = ['docs-api.mjs', 'docs-cli.mjs'].map(
  (script) =>
    spawnSync(process.execPath, [path.join(here, script), ...process.argv.slice(2)], { stdio: 'inherit' })
      .status ?? 1,
);
process.exit(Math.max(...results));
