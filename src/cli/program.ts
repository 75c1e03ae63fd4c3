import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { addJobCommands } from './job-commands.ts';
import { addServerCommands } from './server-commands.ts';
import type { Run } from './lazy.ts';

/** The whole command line. Nothing but commander is loaded until a command is called. */
export function createProgram(run: Run): Command {
  const { stdout, stderr } = run.io;
  const program = new Command('tutti')
    .description('Durable orchestrator for multi-agent software development')
    .version(version(), '-V, --version', 'print the version')
    .option('--url <url>', 'server (Default: TUTTI_URL, else the one that runs here)')
    .option('--token <token>', "token to send (Default: TUTTI_TOKEN, else the one in Tutti's home)")
    .option('--admin-token <token>', 'token for what only an admin may do')
    .option('--json', "print the server's body")
    .option('--pretty', 'the same, indented')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => Math.min(stdout.columns ?? 100, 120),
      getErrHelpWidth: () => Math.min(stderr.columns ?? 100, 120),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride();
  program.commandsGroup('Jobs:');
  addJobCommands(program, run);
  program.commandsGroup('Server:');
  addServerCommands(program, run);
  return program;
}

/** From the package.json above this file, whether it is compiled or not. */
function version(): string {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    try {
      return (JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string })
        .version;
    } catch (error) {
      if (folder === path.dirname(folder)) throw error;
    }
  }
}
