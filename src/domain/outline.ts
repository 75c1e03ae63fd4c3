import type { FieldError } from './errors.ts';

/** A spec written as Markdown. What its author left out is null or empty. */
export interface Outline {
  readonly title: string | null;
  /** Everything below the title that has no place of its own; the tasks stay in it, as prose for a model. */
  readonly description: string;
  readonly criteria: readonly string[];
  readonly constraints: readonly string[];
  readonly checks: readonly string[];
  readonly setup: readonly string[];
  readonly tasks: readonly OutlineTask[];
}

export interface OutlineTask {
  /** Its place in the list, `t1` first; a ticked item keeps its number and is left out. */
  readonly taskId: string;
  readonly title: string;
  /** The whole text of the item without its annotation. */
  readonly instructions: string;
  readonly shell: readonly string[];
  readonly after: readonly string[];
  readonly files: readonly string[];
  readonly checks: readonly OutlineCheck[];
}

export interface OutlineCheck {
  readonly command: string;
  /** The criterion that it proves, when its author named one (`checks: c2: npm test`). */
  readonly criterionId: string | null;
}

/** Reads a spec: the first heading is its title, sections of level two are its lists, `## Tasks` its tasks. */
export function parseOutline(markdown: string): Outline {
  const lines = linesOf(markdown);
  const head = lines.findIndex((line) => !line.fenced && /^#\s+\S/.test(line.text));
  const title = head < 0 ? null : headingText(lines[head]?.text ?? '');
  const sections = sectionsOf(head < 0 ? lines : [...lines.slice(0, head), ...lines.slice(head + 1)]);
  const listOf = (name: ListName): string[] =>
    sections
      .filter((section) => LISTS[section.name ?? ''] === name)
      .flatMap((section) => itemsOf(section.body));
  return {
    title,
    description: sections
      .filter((section) => LISTS[section.name ?? ''] === undefined)
      .map((section) => [section.heading, ...section.body.map((line) => line.text)].join('\n').trim())
      .filter((text) => text !== '')
      .join('\n\n'),
    criteria: listOf('criteria'),
    constraints: listOf('constraints'),
    checks: listOf('checks').map(unquoted),
    setup: listOf('setup').map(unquoted),
    tasks: sections.filter((section) => section.name === 'tasks').flatMap((section) => tasksOf(section.body)),
  };
}

/** Why an outline cannot be carried out without a model; empty when it can. */
export function outlineProblems(outline: Outline): FieldError[] {
  if (outline.tasks.length === 0)
    return [{ pointer: '/description', detail: 'has no section "## Tasks" with an open task in it' }];
  return outline.tasks
    .filter((task) => task.shell.length === 0)
    .map((task) => ({
      pointer: '/description',
      detail: `task ${task.taskId} ("${task.title}") has no shell block (\`\`\`sh), and without a model nothing else can be done`,
    }));
}

/** The shell blocks (`sh`, `bash`, `shell`) of a Markdown text, in order. */
export function shellBlocks(markdown: string): string[] {
  const blocks: string[] = [];
  let open: { fence: string; indent: number; shell: boolean; lines: string[] } | null = null;
  for (const text of markdown.split(/\r?\n/)) {
    const fence = FENCE.exec(text);
    if (open === null && fence !== null) {
      const [, indent = '', marks = '', info = ''] = fence;
      open = { fence: marks, indent: indent.length, shell: SHELL.test(info.trim()), lines: [] };
    } else if (open !== null && closes(open.fence, text)) {
      if (open.shell && open.lines.some((line) => line.trim() !== '')) blocks.push(open.lines.join('\n'));
      open = null;
    } else if (open !== null) open.lines.push(text.replace(new RegExp(`^[ \\t]{0,${open.indent}}`), ''));
  }
  return blocks;
}

type ListName = 'criteria' | 'constraints' | 'checks' | 'setup';
const LISTS: Readonly<Record<string, ListName | undefined>> = {
  'acceptance criteria': 'criteria',
  constraints: 'constraints',
  checks: 'checks',
  setup: 'setup',
};
const FENCE = /^([ \t]*)(`{3,}|~{3,})([^`]*)$/;
const SHELL = /^(sh|bash|shell)\b/i;
const ITEM = /^( {0,3})(?:[-*+]|\d+[.)])\s+(.*)$/;

interface Line {
  readonly text: string;
  /** Inside a code block, where no heading or list item begins. */
  readonly fenced: boolean;
}

function linesOf(markdown: string): Line[] {
  let fence: string | null = null;
  return markdown.split(/\r?\n/).map((text) => {
    const within = fence !== null;
    if (fence === null) fence = FENCE.exec(text)?.[2] ?? null;
    else if (closes(fence, text)) fence = null;
    return { text, fenced: within };
  });
}

function closes(fence: string, text: string): boolean {
  const marks = text.trim();
  return marks.length >= fence.length && marks === (fence[0] as string).repeat(marks.length);
}

function sectionsOf(lines: readonly Line[]): { name: string | null; heading: string; body: Line[] }[] {
  const sections: { name: string | null; heading: string; body: Line[] }[] = [
    { name: null, heading: '', body: [] },
  ];
  for (const line of lines) {
    const heading = !line.fenced && /^##\s/.test(line.text);
    if (!heading) sections.at(-1)?.body.push(line);
    else
      sections.push({
        name: headingText(line.text).replace(/:$/, '').toLowerCase(),
        heading: line.text,
        body: [],
      });
  }
  return sections;
}

/** The items of a list, each in one line; a section without a list gives its lines of text or of code. */
function itemsOf(body: readonly Line[]): string[] {
  const items: string[] = [];
  const isList = body.some((line) => !line.fenced && ITEM.test(line.text));
  for (const line of body) {
    const text = line.text.trim();
    const item = line.fenced ? null : ITEM.exec(line.text);
    if (item !== null) items.push(untick(item[2] ?? ''));
    else if (text === '' || FENCE.test(line.text)) continue;
    else if (isList && items.length > 0) items.push(`${items.pop() ?? ''} ${text}`);
    else items.push(text);
  }
  return items.filter((item) => item !== '');
}

function tasksOf(body: readonly Line[]): OutlineTask[] {
  const byHeading = body.some((line) => !line.fenced && /^###\s/.test(line.text));
  const start = byHeading ? /^###\s+(.*)$/ : ITEM;
  const groups: { head: string; rest: string[] }[] = [];
  for (const line of body) {
    const match = line.fenced ? null : start.exec(line.text);
    const nested = !byHeading && match !== null && (match[1] ?? '').length > 1 && groups.length > 0;
    if (match !== null && !nested) groups.push({ head: match.at(-1) ?? '', rest: [] });
    else groups.at(-1)?.rest.push(line.text);
  }
  return groups.flatMap((group, index) =>
    /^\[[xX]\]\s/.test(group.head) ? [] : [taskOf(`t${index + 1}`, untick(group.head), dedent(group.rest))],
  );
}

function taskOf(taskId: string, head: string, body: string): OutlineTask {
  const { title, after, files, checks } = annotated(headingText(head));
  const instructions = [title, body].join('\n\n').trim();
  return { taskId, title, instructions, shell: shellBlocks(body), after, files, checks };
}

const headingText = (text: string): string =>
  text
    .replace(/^#+\s+/, '')
    .trimEnd()
    .replace(/\s#+$/, '')
    .trim();

/** Splits a trailing `(after t1, t2; files: src/**; checks: npm test)` off; other brackets belong to the title. */
function annotated(head: string): Pick<OutlineTask, 'title' | 'after' | 'files' | 'checks'> {
  const at = head.search(/\((?:after|files|checks?)\b/i);
  const parts = (at >= 0 && head.endsWith(')') ? head.slice(at + 1, -1) : '')
    .match(/(?:`[^`]*`|[^;`])+/g)
    ?.map((part) => /^(after|files|checks?):?\s+(.*)$/is.exec(part.trim()));
  if (!parts || parts.includes(null)) return { title: head, after: [], files: [], checks: [] };
  const valuesOf = (key: RegExp): string[] =>
    parts.filter((part) => key.test(part?.[1] ?? '')).map((part) => part?.[2] ?? '');
  return {
    title: head.slice(0, at).trim(),
    after: valuesOf(/^after$/i)
      .flatMap((text) => text.match(/t\d+/gi) ?? [])
      .map((id) => id.toLowerCase()),
    files: valuesOf(/^files$/i).flatMap(globsOf),
    checks: valuesOf(/^checks?$/i).map((text) => {
      const [, criterionId = null, command = text] = /^(c\d+):\s*(.+)$/s.exec(text) ?? [];
      return { criterionId, command: unquoted(command) };
    }),
  };
}

/** Commas part globs, but not inside `{a,b}`. */
function globsOf(text: string): string[] {
  return (text.match(/(?:\{[^{}]*\}|[^,{}\s])+/g) ?? []).map(unquoted);
}

const untick = (text: string): string => text.replace(/^\[[ xX]\]\s+/, '').trim();

/** A command in backticks, without them. */
const unquoted = (text: string): string => /^`+([^`]+)`+$/.exec(text.trim())?.[1]?.trim() ?? text.trim();

function dedent(lines: readonly string[]): string {
  const indents = lines
    .filter((line) => line.trim() !== '')
    .map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0);
  const indent = indents.length === 0 ? 0 : Math.min(...indents);
  return lines
    .map((line) => line.slice(indent))
    .join('\n')
    .trim();
}
