// Writes docs/cli.md from the help of the built program; `--check` only says whether it is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { processIo } from '../dist/src/cli/io.js';
import { createProgram } from '../dist/src/cli/program.js';
import { cliReference } from '../dist/src/cli/reference.js';

const file = path.resolve(import.meta.dirname, '../docs/cli.md');
const text = cliReference(createProgram({ io: processIo(), exit() {} }));
if (!process.argv.includes('--check')) writeFileSync(file, text);
else if (readFileSync(file, 'utf8') !== text) {
  process.stderr.write('docs/cli.md is stale: run "npm run docs"\n');
  process.exit(1);
}
