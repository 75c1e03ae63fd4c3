import type { Command } from 'commander';

export type Shell = 'bash' | 'zsh' | 'fish';

/** A completion script made from the tree of commands, so that it cannot drift from it. */
export function completionScript(program: Command, shell: Shell): string {
  const nodes = nodesOf(program, []);
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](nodes);
}

/** A command, by the words that lead to it. */
interface Node {
  readonly path: readonly string[];
  readonly words: readonly Word[];
  /** Completes file names as well: its argument is a file. */
  readonly takesFile: boolean;
}

interface Word {
  readonly text: string;
  readonly description: string;
}

function nodesOf(command: Command, path: readonly string[]): Node[] {
  const children = command.commands.filter((child) => child.name() !== 'help');
  const subcommands = children.map((child) => ({
    text: child.name(),
    description: child.summary() || child.description(),
  }));
  const flags = [command, ...ancestors(command)]
    .flatMap((one) => one.options)
    .filter((option) => !option.hidden && option.long)
    .map((option) => ({ text: option.long ?? '', description: option.description }));
  const choices = command.registeredArguments.flatMap((argument) =>
    (argument.argChoices ?? []).map((text) => ({ text, description: argument.description })),
  );
  const words = [...subcommands, ...choices, ...flags, { text: '--help', description: 'print help' }];
  const takesFile = command.registeredArguments.some((argument) => argument.name() === 'spec');
  return [
    { path, words, takesFile },
    ...children.flatMap((child) => nodesOf(child, [...path, child.name()])),
  ];
}

const ancestors = (command: Command): Command[] =>
  command.parent === null ? [] : [command.parent, ...ancestors(command.parent)];

const firstLine = (text: string): string => text.split('\n')[0] ?? '';

/** The path is made of the words before the cursor that are commands, so that options may stand between them. */
function bashScript(nodes: readonly Node[]): string {
  const cases = nodes.map(
    ({ path, words }) => `    '${path.join(' ')}') words='${words.map(({ text }) => text).join(' ')}' ;;`,
  );
  const files = nodes.filter(({ takesFile }) => takesFile).map(({ path }) => `'${path.join(' ')}'`);
  return `# bash completion for tutti; made by "tutti completion bash"
_tutti() {
  local path='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${paths(nodes)}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  case "$path" in
    ${files.join('|')}) COMPREPLY+=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")) ;;
  esac
}
complete -o filenames -F _tutti tutti
`;
}

function zshScript(nodes: readonly Node[]): string {
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const entry = ({ text, description }: Word) =>
    quoted(`${text.replaceAll(':', '\\:')}:${firstLine(description)}`);
  const cases = nodes.map(
    ({ path, words }) => `    '${path.join(' ')}') words_of=(${words.map(entry).join(' ')}) ;;`,
  );
  const files = nodes.filter(({ takesFile }) => takesFile).map(({ path }) => `'${path.join(' ')}'`);
  return `#compdef tutti
# zsh completion for tutti; made by "tutti completion zsh"
_tutti() {
  local at='' word
  local -a words_of
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${at:+$at }$word" in
      ${paths(nodes)}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  _describe 'tutti' words_of
  case "$at" in
    ${files.join('|')}) _files ;;
  esac
}
if [ "$funcstack[1]" = '_tutti' ]; then _tutti "$@"; else compdef _tutti tutti; fi
`;
}

function fishScript(nodes: readonly Node[]): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = nodes.flatMap(({ path, words, takesFile }) => {
    const when = `-n ${quoted(`test (__tutti_path) = '${path.join(' ')}'`)}`;
    const files = takesFile ? [`complete -c tutti ${when} -F`] : [];
    return [
      ...files,
      ...words.map(({ text, description }) => {
        const word = text.startsWith('--') ? `-l ${text.slice(2)}` : `-a ${quoted(text)}`;
        return `complete -c tutti ${when} ${word} -d ${quoted(firstLine(description))}`;
      }),
    ];
  });
  return `# fish completion for tutti; made by "tutti completion fish"
function __tutti_path
  set -l at ''
  for word in (commandline -opc)[2..-1]
    set -l next (string trim -- "$at $word")
    contains -- $next ${nodes
      .filter(({ path }) => path.length > 0)
      .map(({ path }) => quoted(path.join(' ')))
      .join(' ')}; and set at $next
  end
  echo "$at"
end
complete -c tutti -f
${lines.join('\n')}
`;
}

const paths = (nodes: readonly Node[]): string =>
  nodes
    .filter(({ path }) => path.length > 0)
    .map(({ path }) => `'${path.join(' ')}'`)
    .join('|');
