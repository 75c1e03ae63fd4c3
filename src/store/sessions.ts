import type { Hub } from './hub.ts';
import { openSession } from './session.ts';
import type { Session } from './session.ts';

/** The session of a hub for one purpose, shared by everything in this process. */
export function sessionOf(hub: Hub, purpose: keyof typeof COMMANDS): Session {
  const key = `${purpose} ${hub.dir}`;
  const open = sessions.get(key) ?? openSession(hub.dir, COMMANDS[purpose]);
  sessions.set(key, open);
  return open;
}

/** Ends the long-lived git processes of all hubs of this process; they start again when they are needed. */
export async function closeStore(): Promise<void> {
  const open = [...sessions.values()];
  sessions.clear();
  await Promise.all(open.map((session) => session.close()));
}

const COMMANDS = {
  objects: ['cat-file', '--batch'],
  refs: ['update-ref', '--stdin'],
} as const;

const sessions = new Map<string, Session>();
