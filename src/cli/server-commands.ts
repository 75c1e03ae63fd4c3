import { InvalidArgumentError, Option } from 'commander';
import { each, lazily, number } from './lazy.ts';
import { ROLES } from '../domain/access.ts';
import type { Command } from 'commander';
import type { Run } from './lazy.ts';

/** Adds the commands that run and look after a server. */
export function addServerCommands(program: Command, run: Run): void {
  withServerOptions(program.command('up'))
    .summary('Run everything on this machine')
    .description(
      'Run everything on this machine: Temporal, the API, an engine worker (keys, no shell) and a workspace worker (shell, no keys). Ctrl-C stops it; jobs go on at the next start.',
    )
    .addOption(uiOption())
    .action(lazily(run, async () => (await import('./up.ts')).up));
  withServerOptions(program.command('api'))
    .description('Run the API alone, on the Temporal server of TEMPORAL_ADDRESS')
    .addOption(uiOption())
    .action(lazily(run, async () => (await import('./api.ts')).api));
  withConfigOptions(program.command('worker'))
    .description(
      'Run workers alone, on the Temporal server of TEMPORAL_ADDRESS; without --role both, as two processes',
    )
    .addOption(
      new Option('--role <role>', 'engine: keys, no shell; workspace: shell, no keys').choices([
        'engine',
        'workspace',
      ]),
    )
    .action(lazily(run, async () => (await import('./worker.ts')).worker));
  program
    .command('demo')
    .description('Play the main job on a sample repository, in a throw-away home')
    .addOption(
      new Option('--provider <id>', 'ask a real model instead of the recording').choices([
        'scripted',
        'anthropic',
      ]),
    )
    .option('--keep', 'leave the home and the repository behind')
    .action(lazily(run, async () => (await import('./demo.ts')).demo));
  withServerOptions(program.command('config'))
    .description('Print the configuration in force and where each value comes from')
    .action(lazily(run, async () => (await import('./config.ts')).config));
  withConfigOptions(program.command('doctor'))
    .description('Check what this machine has, and say what to do about what it lacks')
    .action(lazily(run, async () => (await import('./doctor.ts')).doctor));
  addTokenCommands(program, run);
  program
    .command('completion')
    .description('Print a completion script: source <(tutti completion bash)')
    .addArgument(program.createArgument('<shell>', 'for this shell').choices(['bash', 'zsh', 'fish']))
    .action(
      lazily(run, async () => async ({ io, args }) => {
        const { completionScript } = await import('./completion.ts');
        io.stdout.write(completionScript(program, args[0] as 'bash' | 'zsh' | 'fish'));
        return 0;
      }),
    );
}

const uiOption = (): Option =>
  new Option('--temporal-ui <url>', 'where the Temporal UI is, for "tutti open"');

const withConfigOptions = (command: Command): Command =>
  command
    .option('--config <file>', "configuration file (Default: tutti.yaml in Tutti's home)")
    .option('--temporal-profile <name>', 'profile of temporal.toml that names the Temporal server')
    .addOption(new Option('--sandbox <mode>', 'how commands are kept apart').choices(['auto', 'none']));

const withServerOptions = (command: Command): Command =>
  withConfigOptions(command)
    .option('--host <host>', 'address to listen on')
    .option('--port <port>', 'port to listen on; 0: any free one', number)
    .option('--public-url <url>', 'what clients call this server')
    .option('--repo <path|url>', 'source of specs that name none')
    .option('--provider <id>', 'provider of specs that name none')
    .option('--model <id>', 'model of specs that name none');

function addTokenCommands(program: Command, run: Run): void {
  const token = program.command('token').description("Make, list and revoke tokens of this home's server");
  token
    .command('create')
    .description('Make a token and print it; it is shown once')
    .addOption(
      new Option('--role <role>', 'what it may do (repeatable)')
        .choices(ROLES)
        .argParser(role)
        .makeOptionMandatory(),
    )
    .requiredOption('--name <name>', 'whose it is; jobs are owned by names')
    .option('--expires <duration>', 'how long it is valid, such as 30d or 12h (Default: for ever)')
    .action(lazily(run, async () => (await import('./token.ts')).createToken));
  token
    .command('list')
    .description('List tokens by id, name and roles')
    .action(lazily(run, async () => (await import('./token.ts')).listTokens));
  token
    .command('revoke')
    .description('Revoke tokens')
    .argument('<id>', 'id or name')
    .action(lazily(run, async () => (await import('./token.ts')).revokeToken));
}

/** Several of a closed set, which commander's own `choices` does for one only. */
const role = (text: string, before: readonly string[] = []): string[] => {
  if (ROLES.some((known) => known === text)) return each(text, before);
  throw new InvalidArgumentError(`Roles are ${ROLES.join(', ')}.`);
};
