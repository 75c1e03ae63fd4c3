import { z } from 'zod';
import { ToolRefusal } from './box.ts';
import { workspacePath } from './path.ts';
import type { ToolBox } from './box.ts';

export const Edit = z.object({
  command: z.enum(['view', 'create', 'str_replace', 'insert']),
  path: z.string().min(1).describe('/workspace/src/a.ts or src/a.ts'),
  file_text: z.string().optional(),
  old_str: z.string().optional(),
  new_str: z.string().optional(),
  insert_line: z.int().min(0).optional(),
  insert_text: z.string().optional(),
  view_range: z.array(z.int()).length(2).optional(),
});

type EditInput = z.infer<typeof Edit>;

/** Carries one edit out and says what came of it; throws `ToolRefusal` when it cannot be done. */
export async function runEdit(input: EditInput, box: ToolBox): Promise<string> {
  const path = workspacePath(input.path);
  if (input.command === 'view') return view(input, path, box);
  if (!box.mayWrite)
    throw new ToolRefusal(`/command: "${input.command}" is not allowed, this agent only reads`);
  switch (input.command) {
    case 'create': {
      const text = needed(input, 'file_text');
      await box.writeFile(path, text);
      return `Wrote ${path} (${lineCount(text)} lines).`;
    }
    case 'str_replace':
      return replace(input, path, box);
    case 'insert':
      return insert(input, path, box);
    default:
      return input.command satisfies never;
  }
}

async function view({ view_range: range }: EditInput, path: string, box: ToolBox): Promise<string> {
  const entries = await box.list(path);
  if (entries !== null) {
    const near = entries.filter((entry) => entry.replace(/\/$/, '').split('/').length <= 2);
    return [`/workspace${path === '' ? '' : `/${path}`}/`, ...near].join('\n');
  }
  const lines = (await textOf(path, box)).split('\n');
  if (lines.at(-1) === '') lines.pop();
  const [first = 1, end = -1] = range ?? [];
  const last = end === -1 ? lines.length : Math.min(end, lines.length);
  if (first < 1 || first > Math.max(lines.length, 1) || (end !== -1 && end < first))
    throw new ToolRefusal(
      `/view_range: [${first}, ${end}] is not a range of the file's ${lines.length} lines`,
    );
  if (lines.length === 0) return '(empty file)';
  return lines
    .slice(first - 1, last)
    .map((line, index) => `${String(first + index).padStart(6)}\t${line}`)
    .join('\n');
}

async function replace(input: EditInput, path: string, box: ToolBox): Promise<string> {
  const text = await textOf(path, box);
  const crlf = text.includes('\r\n');
  const asInFile = (part: string): string =>
    crlf && !part.includes('\r\n') ? part.replaceAll('\n', '\r\n') : part;
  const old = asInFile(needed(input, 'old_str'));
  if (old === '') throw new ToolRefusal('/old_str: is empty; use insert or create');
  const at = text.indexOf(old);
  if (at < 0)
    throw new ToolRefusal(
      `/old_str: is not in ${path} exactly as given; view the file and copy it from there`,
    );
  const places = text.split(old).length - 1;
  if (places > 1)
    throw new ToolRefusal(`/old_str: stands ${places} times in ${path}; give more of its surroundings`);
  await box.writeFile(path, text.slice(0, at) + asInFile(input.new_str ?? '') + text.slice(at + old.length));
  return `Edited ${path} at line ${lineCount(text.slice(0, at) + 'x')}.`;
}

async function insert(input: EditInput, path: string, box: ToolBox): Promise<string> {
  const text = await textOf(path, box);
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text === '' ? [] : text.replace(/\r?\n$/, '').split(end);
  const line = input.insert_line;
  if (line === undefined || line > lines.length)
    throw new ToolRefusal(`/insert_line: must be a number from 0 to ${lines.length}, the lines of ${path}`);
  const added = needed(input, 'insert_text')
    .replace(/\r?\n$/, '')
    .split(/\r?\n/);
  await box.writeFile(path, [...lines.slice(0, line), ...added, ...lines.slice(line)].join(end) + end);
  return `Inserted ${added.length} lines behind line ${line} of ${path}.`;
}

async function textOf(path: string, box: ToolBox): Promise<string> {
  const bytes = await box.readFile(path).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new ToolRefusal(`/path: there is no file ${path}`);
    if (code === 'EISDIR') throw new ToolRefusal(`/path: ${path} is a folder`);
    throw error;
  });
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ToolRefusal(`/path: ${path} is not a UTF-8 text file; use bash for it`);
  }
}

function needed(input: EditInput, field: 'file_text' | 'old_str' | 'insert_text'): string {
  const value = input[field];
  if (value === undefined) throw new ToolRefusal(`/${field}: is missing, "${input.command}" needs it`);
  return value;
}

const lineCount = (text: string): number => (text === '' ? 0 : text.replace(/\n$/, '').split('\n').length);
