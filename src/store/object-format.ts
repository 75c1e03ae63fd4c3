import { createHash } from 'node:crypto';
import { OrchestratorError } from '../domain/errors.ts';
import type { Instant, Sha } from '../domain/ids.ts';

export interface GitObject {
  readonly sha: Sha;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly body: Buffer;
}

export interface TreeItem {
  readonly mode: '100644' | '100755' | '120000' | '160000' | '40000';
  /** As UTF-8; a name that is not UTF-8 cannot be looked up by it. */
  readonly name: string;
  readonly sha: Sha;
}

export interface Author {
  readonly name: string;
  readonly email: string;
}

export interface CommitParts {
  readonly tree: Sha;
  readonly parents: readonly Sha[];
  readonly message: string;
  readonly at: Instant;
  /** (Default: Tutti itself) */
  readonly author?: Author;
}

export interface Commit {
  readonly tree: Sha;
  readonly parents: readonly Sha[];
  readonly subject: string;
  /** What follows the subject's blank line, without the newline at its end. */
  readonly body: string;
  /** Git keeps whole seconds. */
  readonly at: Instant;
}

export const TUTTI: Author = { name: 'Tutti', email: 'tutti@localhost' };
export const EMPTY_TREE: Sha = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

export const blobObject = (data: string | Buffer): GitObject =>
  gitObject('blob', typeof data === 'string' ? Buffer.from(data) : data);

export function treeObject(items: readonly TreeItem[]): GitObject {
  // Git sorts a folder as if its name ended in a slash.
  const key = (item: TreeItem): Buffer => Buffer.from(item.mode === '40000' ? `${item.name}/` : item.name);
  const sorted = [...items].sort((a, b) => Buffer.compare(key(a), key(b)));
  return gitObject(
    'tree',
    Buffer.concat(
      sorted.flatMap((item) => [Buffer.from(`${item.mode} ${item.name}\0`), Buffer.from(item.sha, 'hex')]),
    ),
  );
}

export function commitObject(parts: CommitParts): GitObject {
  const author = parts.author ?? TUTTI;
  const clean = (text: string): string => text.replace(/[<>\n\0]/g, ' ').trim() || 'unknown';
  const who = `${clean(author.name)} <${clean(author.email)}> ${Math.floor(parts.at / 1000)} +0000`;
  const message = parts.message.replaceAll('\0', ' ');
  const lines = [
    `tree ${parts.tree}`,
    ...parts.parents.map((parent) => `parent ${parent}`),
    `author ${who}`,
    `committer ${who}`,
    '',
    message.endsWith('\n') ? message : `${message}\n`,
  ];
  return gitObject('commit', Buffer.from(lines.join('\n')));
}

/** The object's kind and body from what git stores of it before compression: `<type> <size>\0<body>`. */
export function parseStored(sha: Sha, stored: Buffer): GitObject {
  const end = stored.indexOf(0);
  const type = stored.toString('latin1', 0, end).split(' ')[0];
  if (end < 0 || (type !== 'blob' && type !== 'tree' && type !== 'commit'))
    throw new OrchestratorError('internal', `object ${sha} of the hub cannot be read`);
  return { sha, type, body: stored.subarray(end + 1) };
}

export const storedBytes = (object: GitObject): Buffer =>
  Buffer.concat([Buffer.from(`${object.type} ${object.body.length}\0`), object.body]);

export function parseCommit(body: Buffer): Commit {
  const text = body.toString();
  const split = text.indexOf('\n\n');
  const headers = (split < 0 ? text : text.slice(0, split)).split('\n');
  const message = split < 0 ? '' : text.slice(split + 2).replace(/\n$/, '');
  const values = (name: string): string[] =>
    headers.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  const seconds = /> (\d+) [+-]\d{4}$/.exec(values('committer')[0] ?? '')?.[1] ?? '0';
  const subjectEnd = message.indexOf('\n\n');
  return {
    tree: values('tree')[0] ?? EMPTY_TREE,
    parents: values('parent'),
    subject: subjectEnd < 0 ? message : message.slice(0, subjectEnd),
    body: subjectEnd < 0 ? '' : message.slice(subjectEnd + 2),
    at: Number(seconds) * 1000,
  };
}

export function parseTree(body: Buffer): TreeItem[] {
  const items: TreeItem[] = [];
  for (let from = 0; from < body.length;) {
    const space = body.indexOf(32, from);
    const end = body.indexOf(0, space);
    items.push({
      mode: body.toString('latin1', from, space) as TreeItem['mode'],
      name: body.toString('utf8', space + 1, end),
      sha: body.toString('hex', end + 1, end + 21),
    });
    from = end + 21;
  }
  return items;
}

function gitObject(type: GitObject['type'], body: Buffer): GitObject {
  const sha = createHash('sha1').update(`${type} ${body.length}\0`).update(body).digest('hex');
  return { sha, type, body };
}
