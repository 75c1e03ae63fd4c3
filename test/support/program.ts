import { spawn } from 'node:child_process';
import path from 'node:path';
import { PROGRAM } from './server.ts';
import type { Server } from './server.ts';

/** The skill's script. */
export const API_SCRIPT = path.resolve(import.meta.dirname, '../../skills/orchestrator/scripts/api.sh');

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, with `input` on its stdin. */
export function run(
  [command, ...args]: readonly [string, ...string[]],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly input?: string },
): Promise<Ran> {
  const child = spawn(command, args, { cwd: options.cwd, env: options.env });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** `tutti …` as somebody types it in the source repository. */
export const tutti = ({ repo, env }: Server, ...args: readonly string[]): Promise<Ran> =>
  run([process.execPath, PROGRAM, ...args], { cwd: repo, env });

/** `scripts/api.sh METHOD PATH [BODY]`, with its answer as JSON. */
export async function apiScript(
  { repo, env }: Pick<Server, 'repo' | 'env'>,
  ...args: readonly string[]
): Promise<Ran & { readonly json: Record<string, unknown> }> {
  const ran = await run(['sh', API_SCRIPT, ...args], { cwd: repo, env });
  return { ...ran, json: JSON.parse(ran.stdout) as Record<string, unknown> };
}
