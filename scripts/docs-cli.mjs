// Writes docs/cli.md from the help of the built program.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { processIo } from '../dist/src/cli/io.js';
import { createProgram } from '../dist/src/cli/program.js';
import { cliReference } from '../dist/src/cli/reference.js';

const file = path.resolve(import.meta.dirname, '../docs/cli.md');
mkdirSync(path.dirname(file), { recursive: true });
writeFileSync(file, cliReference(createProgram({ io: processIo(), exit() {} })));
