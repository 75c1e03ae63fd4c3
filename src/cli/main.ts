#!/usr/bin/env node
import { processIo } from './io.ts';
import { run } from './run.ts';

// A reader that has seen enough (`tutti diff | head`) or a terminal that was closed is no reason to die.
for (const output of [process.stdout, process.stderr])
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });

const code = await run(process.argv.slice(2), processIo());
// Everything that was written goes out first; connections that are kept open for later calls would only delay the end.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
