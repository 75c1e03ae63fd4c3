import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, YAMLParseError } from 'yaml';
import { parseOutline } from '../domain/outline.ts';
import { Refusal } from './errors.ts';
import type { Io } from './io.ts';

/** The body of a submit as it was written; the server judges it. */
export type Draft = Record<string, unknown>;

/** Reads a spec from a Markdown or YAML file, or from stdin (`-`). Throws a Refusal that names the file. */
export async function readSpec(io: Io, file: string): Promise<Draft> {
  const text = file === '-' ? await readAll(io.stdin) : readText(path.resolve(io.cwd, file), file);
  if (text.trim() === '') throw new Refusal(`${file === '-' ? 'stdin' : file} is empty`);
  if (!isYaml(file, text)) return fromMarkdown(text);
  const draft = fromYaml(file, text);
  return { ...draft, ...repositoryBeside(draft['repository'], path.resolve(io.cwd, path.dirname(file))) };
}

function readText(full: string, file: string): string {
  try {
    return readFileSync(full, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new Refusal(`There is no file ${file}`);
    throw new Refusal(code === 'EISDIR' ? `${file} is a folder` : `${file} cannot be read (${code})`);
  }
}

async function readAll(stdin: Io['stdin']): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array | string));
  return Buffer.concat(chunks).toString();
}

/** By its name; what comes from stdin is YAML or JSON when it begins with a field of a spec. */
const isYaml = (file: string, text: string): boolean =>
  file === '-' ? /^\s*(?:\{|(?:---\s+)?title\s*:)/.test(text) : /\.(ya?ml|json)$/i.test(file);

function fromMarkdown(text: string): Draft {
  const outline = parseOutline(text);
  return {
    ...(outline.title !== null && { title: outline.title }),
    ...(outline.description !== '' && { description: outline.description }),
    ...list('constraints', outline.constraints),
    ...list('acceptance_criteria', outline.criteria),
    ...list('checks', outline.checks),
    ...list('setup', outline.setup),
  };
}

const list = (name: string, items: readonly string[]): Draft => (items.length === 0 ? {} : { [name]: items });

function fromYaml(file: string, text: string): Draft {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    if (error instanceof YAMLParseError) throw new Refusal(`${file}: ${error.message}`);
    throw error;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Draft;
  throw new Refusal(`${file} must be a map of fields: title, description …`);
}

/** A path in a file counts from the file's folder. */
function repositoryBeside(repository: unknown, folder: string): Draft {
  if (typeof repository === 'string') return { repository: repositoryPlace(repository, folder) };
  if (typeof repository !== 'object' || repository === null || !('path' in repository)) return {};
  const given = repository.path;
  return typeof given === 'string'
    ? { repository: { ...repository, path: path.resolve(folder, given) } }
    : {};
}

/** An absolute path; a URL stays as it is. */
export const repositoryPlace = (place: string, folder: string): string =>
  /^[a-z][a-z0-9+.-]*:\/\/|^[^/\s]+@[^/\s]+:/i.test(place) ? place : path.resolve(folder, place);
