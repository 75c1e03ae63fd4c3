#!/usr/bin/env node
import { processIo } from './io.ts';
import { run } from './run.ts';

// A reader that has seen enough (`tutti diff | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const code = await run(process.argv.slice(2), processIo());
// Everything that was written goes out first; connections that are kept open for later calls would only delay the end.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
