import type { Command } from 'commander';

/** docs/cli.md: the help of every command, as the program prints it. */
export function cliReference(program: Command): string {
  const blocks = program.commands
    .flatMap((command) => [command, ...command.commands])
    .filter((command) => command.name() !== 'help')
    .map((command) => `## ${nameOf(command)}\n\n${helpOf(command, false)}`);
  return `# Command line\n\nGenerated from \`tutti --help\` by \`npm run docs\`; a test compares the two.\n\n${helpOf(program, true)}\n${blocks.join('\n')}`;
}

const nameOf = (command: Command): string =>
  command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;

/** Options that every command has are said once, at the top. */
function helpOf(command: Command, withGlobals: boolean): string {
  const text = command
    .createHelp()
    .formatHelp(
      command,
      Object.assign(command.createHelp(), { helpWidth: 100, showGlobalOptions: withGlobals }),
    );
  return `\`\`\`\n${text.trimEnd()}\n\`\`\`\n`;
}
