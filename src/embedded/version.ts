import { execa } from 'execa';

/** The oldest Temporal CLI that Tutti uses, and the server that came with it. */
const OLDEST = { cli: [1, 5], server: [1, 29] } as const;

/** Why the program at `path` cannot be used as Temporal CLI; null: it can. */
export async function unsuitable(path: string): Promise<string | null> {
  const { stdout, stderr, failed, exitCode, timedOut } = await execa(path, ['--version'], {
    reject: false,
    timeout: 20_000,
    stdin: 'ignore',
  });
  if (failed) {
    const why = timedOut
      ? 'does not answer'
      : exitCode === undefined
        ? 'cannot be run'
        : `fails: ${stderr.trim()}`;
    return `${path} --version ${why}`;
  }
  return tooOld(stdout) ? `${path} is older than ${OLDEST.cli.join('.')}: ${stdout.trim()}` : null;
}

/** Reads `temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)`; one built from source calls itself 0.0.0-DEV. */
export function tooOld(output: string): boolean {
  const cli = /temporal version (\d+)\.(\d+)/.exec(output);
  const server = /Server (\d+)\.(\d+)/.exec(output);
  if (cli === null) return true;
  return /version 0\.0\.0/.test(output) ? isBefore(server, OLDEST.server) : isBefore(cli, OLDEST.cli);
}

function isBefore(match: RegExpExecArray | null, [major, minor]: readonly [number, number]): boolean {
  const [found, foundMinor] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
  return found < major || (found === major && foundMinor < minor);
}
