import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { buildTemporal, BUILD_COMMAND } from './build.ts';
import { downloadTemporal, OFFICIAL } from './download.ts';
import { unsuitable } from './version.ts';
import type { DownloadSource } from './download.ts';
import type { Env, Home } from '../home.ts';

/** Told what is being done, a line at a time. */
export type OnProgress = (line: string) => void;

export interface FindOptions {
  readonly home: Home;
  readonly env: Env;
  readonly onProgress?: OnProgress;
  readonly download?: DownloadSource;
}

/**
 * The path of a Temporal CLI not older than 1.5: on PATH, in Tutti's home, downloaded, or built with Go.
 * Throws an Error that names every way with the reason why it did not work.
 */
export async function findTemporal(options: FindOptions): Promise<string> {
  const { home, env, onProgress = () => {}, download = OFFICIAL } = options;
  const folder = path.join(home.temporal, 'bin');
  const cached = path.join(folder, `temporal${EXE}`);
  mkdirSync(folder, { recursive: true });
  const ways: readonly Way[] = [
    { name: 'temporal on PATH', get: async () => onPath('temporal', env) ?? refuse('there is none') },
    { name: `cached at ${cached}`, get: async () => (isProgram(cached) ? cached : refuse('there is none')) },
    { name: `download from ${download.url}`, get: () => downloadTemporal(download, cached, onProgress) },
    { name: BUILD_COMMAND, get: () => buildTemporal(onPath('go', env), folder, env, onProgress) },
  ];
  const reasons: string[] = [];
  for (const { name, get } of ways) {
    try {
      const found = await get();
      const flaw = await unsuitable(found);
      if (flaw === null) return found;
      throw new Error(flaw);
    } catch (error) {
      const reason = `${name}: ${(error as Error).message}`;
      onProgress(reason);
      reasons.push(reason);
    }
  }
  throw new Error(
    `no Temporal server can be started here. Tried:\n${reasons.map((reason) => `  - ${reason}\n`).join('')}` +
      'Install the Temporal CLI 1.5 or newer (docs.temporal.io/cli) or Go, or set TEMPORAL_ADDRESS to a server of yours.',
  );
}

interface Way {
  readonly name: string;
  readonly get: () => Promise<string>;
}

const EXE = process.platform === 'win32' ? '.exe' : '';

/** The first program of that name on `env.PATH`, or null. */
export function onPath(name: string, env: Env): string | null {
  const folders = (env.PATH ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return folders.map((folder) => path.join(folder, `${name}${EXE}`)).find(isProgram) ?? null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function refuse(reason: string): never {
  throw new Error(reason);
}
