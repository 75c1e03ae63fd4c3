import path from 'node:path';
import { execa } from 'execa';
import type { Env } from '../home.ts';
import type { OnProgress } from './find.ts';

const MODULE = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';
const LIMIT_MS = 15 * 60_000;

export const BUILD_COMMAND = `go install ${MODULE}`;

/** Builds the CLI into `folder` with the Go at `go`. Throws an Error with the reason. */
export async function buildTemporal(go: string | null, folder: string, env: Env, onProgress: OnProgress) {
  if (go === null) throw new Error('there is no go on PATH');
  onProgress(`Building the Temporal CLI with "${BUILD_COMMAND}" (about two minutes)`);
  const started = Date.now();
  const clock = setInterval(() => onProgress(`  still building, ${seconds(started)} s`), 15_000);
  try {
    const building = execa(go, ['install', MODULE], {
      cwd: folder,
      env: { ...env, GOBIN: folder },
      extendEnv: false,
      timeout: LIMIT_MS,
      reject: false,
      stdin: 'ignore',
      buffer: { stdout: false },
    });
    let modules = 0;
    for await (const line of building.iterable({ from: 'stderr' }))
      if (line.startsWith('go: downloading') && ++modules % 50 === 0)
        onProgress(`  ${modules} modules downloaded`);
    const { failed, timedOut, stderr } = await building;
    if (timedOut) throw new Error('it took longer than 15 minutes');
    if (failed) throw new Error(lastLines(stderr) || 'go failed without a word');
  } finally {
    clearInterval(clock);
  }
  onProgress(`Built in ${seconds(started)} s`);
  return path.join(folder, process.platform === 'win32' ? 'temporal.exe' : 'temporal');
}

const seconds = (since: number) => Math.round((Date.now() - since) / 1000);

const lastLines = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('go: downloading'))
    .slice(-3)
    .join(' ');
