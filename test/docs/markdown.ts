/** A call of the API as a document shows it. */
export interface Call {
  readonly method: string;
  /** In the form of the route table: `/orchestrate/{job_id}`. */
  readonly path: string;
  readonly query: readonly string[];
}

/** The code of a Markdown text: fenced blocks and what stands in backticks, a piece each. */
export function codeIn(markdown: string): string[] {
  const blocks: string[] = [];
  const prose = markdown.replace(
    /^(`{3,})[^\n]*\n([^]*?)^\1\s*$/gm,
    (_whole, _fence: string, code: string) => {
      blocks.push(code.replaceAll('\\\n', ' '));
      return '';
    },
  );
  return [...blocks, ...[...prose.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '')];
}

/** The words after each `tutti`, quoted ones as one word; a command ends where the shell would end it. */
export const tuttiCommands = (code: readonly string[]): string[][] =>
  code.flatMap((piece) =>
    [...piece.matchAll(/(?<![\w/.@-])tutti +((?:'[^'\n]*'|"[^"\n]*"|(?!\btutti\b)[^\n|;&>)#`"'])+)/g)].map(
      (match) => wordsOf(match[1] ?? ''),
    ),
  );

const wordsOf = (line: string): string[] =>
  (line.match(/'[^']*'|"[^"]*"|[^\s,:…]+/g) ?? []).filter((word) => !/^['"]/.test(word));

/** Names of scripts that are run by npm. */
export const npmScripts = (code: readonly string[]): string[] =>
  code.flatMap((piece) =>
    [...piece.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)].map((match) => match[1] ?? match[2] ?? ''),
  );

/** Calls by curl to `$URL`. */
export const curlCalls = (code: readonly string[]): Call[] =>
  code.flatMap((piece) =>
    [...piece.matchAll(/\bcurl ([^\n]*?)\$URL(\/[^\s"]*)([^\n]*)/g)].map((match) => {
      const flags = `${match[1]} ${match[3]}`;
      const method = /-X (\w+)/.exec(flags)?.[1] ?? (/(^| )-d /.test(flags) ? 'POST' : 'GET');
      return callOf(method, match[2] ?? '');
    }),
  );

/** Routes that are named as `GET /orchestrate/{job_id}`. */
export const namedRoutes = (code: readonly string[]): Call[] =>
  code.flatMap((piece) =>
    [...piece.matchAll(/\b(GET|POST|PATCH|DELETE) (\/[\w{}/.?=&,-]*)/g)].map((match) =>
      callOf(match[1] ?? '', match[2] ?? ''),
    ),
  );

function callOf(method: string, target: string): Call {
  const { pathname, searchParams } = new URL(
    target.replaceAll('{', '%7B').replaceAll('}', '%7D'),
    'http://x',
  );
  const path = decodeURIComponent(pathname)
    .replace(/\/j[0-9a-z]{9}(?=\/|$)/, '/{job_id}')
    .replace(/\/t\d+(?=\/|$)/, '/{task_id}');
  return { method, path, query: [...searchParams.keys()] };
}

/** Links to files, without their anchors; those to other hosts are left out. */
export const linksIn = (markdown: string): string[] =>
  [...markdown.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => (match[1] ?? '').replace(/#.*$/, ''))
    .filter((link) => link !== '' && !/^[a-z]+:/.test(link));
