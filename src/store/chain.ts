import { setTimeout as wait } from 'node:timers/promises';
import type { Sha } from '../domain/ids.ts';
import type { Hub } from './hub.ts';
import { lru } from './lru.ts';
import { parseCommit } from './object-format.ts';
import type { Commit, GitObject } from './object-format.ts';
import { readCommit } from './objects.ts';
import { moveRefs, readRef } from './refs.ts';

/** A commit of a chain, with its name. */
export interface Link extends Commit {
  readonly sha: Sha;
}

/** The chain from `head` back to its beginning, newest first, by first parents. */
export async function* walkBack(hub: Hub, head: Sha | null): AsyncGenerator<Link> {
  for (let sha = head; sha !== null;) {
    const link = await readLink(hub, sha);
    yield link;
    sha = link.parents[0] ?? null;
  }
}

export async function readLink(hub: Hub, sha: Sha): Promise<Link> {
  return commits.get(sha) ?? remember({ sha, ...(await readCommit(hub, sha)) });
}

/** Keeps a commit that was just stored at hand: who wrote it mostly reads it next. */
export function rememberLink({ sha, body }: GitObject): void {
  remember({ sha, ...parseCommit(body) });
}

export async function readChain(hub: Hub, head: Sha | null): Promise<Link[]> {
  const links: Link[] = [];
  for await (const link of walkBack(hub, head)) links.push(link);
  return links.reverse();
}

/**
 * Appends what `write` makes on top of the head that it is given and moves the ref there. Who loses the race
 * writes again on the new head, so nothing is lost. Answers the new head.
 */
export async function appendToChain(
  hub: Hub,
  ref: string,
  write: (parent: Sha | null) => Promise<Sha>,
): Promise<Sha> {
  for (let round = 0; ; round++) {
    const parent = await readRef(hub, ref);
    const head = await write(parent);
    if ((await moveRefs(hub, [{ ref, to: head, from: parent }])) === 'moved') return head;
    await wait(Math.random() * Math.min(5 * round, 50));
  }
}

function remember(link: Link): Link {
  commits.set(link.sha, link, 400 + link.body.length * 2);
  return link;
}

/** Commits never change under their name: what was read once stays true, whichever hub it came from. */
const commits = lru<Link>(16 * 1024 * 1024);
