import { chmodSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { z } from 'zod';
import type { OnProgress } from './find.ts';

export interface DownloadSource {
  readonly url: string;
  /** The longest that it may send nothing. */
  readonly silenceMs: number;
}

/** Where Temporal's SDKs download the CLI that fits them. */
export const OFFICIAL: DownloadSource = { url: 'https://temporal.download/cli/default', silenceMs: 30_000 };

const SDK_VERSION = '1.24.0';

/** Puts the official CLI at `target`. Throws an Error with the reason, also when nothing arrives for too long. */
export async function downloadTemporal(
  { url, silenceMs }: DownloadSource,
  target: string,
  onProgress: OnProgress,
): Promise<string> {
  onProgress(`Downloading the Temporal CLI from ${url}`);
  const folder = mkdtempSync(`${target}.`);
  const silence = new AbortController();
  const alarm = setTimeout(
    () => silence.abort(new Error(`nothing arrived for ${silenceMs / 1000} s`)),
    silenceMs,
  );
  try {
    const { archiveUrl, fileToExtract } = await whatToFetch(url, silence.signal);
    alarm.refresh();
    const response = await get(archiveUrl, silence.signal);
    if (response.body === null) throw new Error(`${archiveUrl} is empty`);
    const unpack = execa('tar', ['-xzf', '-', '-C', folder], { stdout: 'ignore', reject: false });
    const total = Number(response.headers.get('content-length') ?? 0);
    const fed = pipeline(Readable.fromWeb(response.body), counted(total, onProgress, alarm), unpack.stdin, {
      signal: silence.signal,
    });
    // A tar that gives up breaks the pipe: its own words tell more.
    const [feeding, unpacked] = await Promise.all([fed.catch((error: unknown) => ({ error })), unpack]);
    if (unpacked.failed)
      throw new Error(`the archive could not be unpacked: ${unpacked.stderr.split('\n')[0] ?? ''}`);
    if (feeding !== undefined) throw feeding.error;
    const program = path.join(folder, path.basename(fileToExtract));
    chmodSync(program, 0o755);
    renameSync(program, target);
    return target;
  } catch (error) {
    throw new Error(reasonOf(error, silence.signal), { cause: error });
  } finally {
    clearTimeout(alarm);
    rmSync(folder, { recursive: true, force: true });
  }
}

const Download = z.object({ archiveUrl: z.url(), fileToExtract: z.string().min(1) });

async function whatToFetch(url: string, signal: AbortSignal): Promise<z.output<typeof Download>> {
  const platform = { win32: 'windows', darwin: 'darwin' }[process.platform as string] ?? 'linux';
  const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
  if (arch === undefined) throw new Error(`there is none for ${process.arch}`);
  const query = {
    arch,
    platform,
    format: 'tar.gz',
    'sdk-name': 'sdk-typescript',
    'sdk-version': SDK_VERSION,
  };
  const response = await get(`${url}?${new URLSearchParams(query).toString()}`, signal);
  const answer = Download.safeParse(await response.json());
  if (!answer.success) throw new Error(`${url} does not say where the archive is`);
  return answer.data;
}

async function get(url: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response;
}

/** Passes everything on, puts the alarm off at each piece, and says every tenth of the whole. */
const counted = (total: number, onProgress: OnProgress, alarm: NodeJS.Timeout) =>
  async function* count(pieces: AsyncIterable<Uint8Array>) {
    let [bytes, said] = [0, 0];
    for await (const piece of pieces) {
      alarm.refresh();
      bytes += piece.length;
      const tenth = total > 0 ? Math.floor((bytes / total) * 10) : Math.floor(bytes / 10_000_000);
      if (tenth > said) onProgress(total > 0 ? `  ${tenth * 10} %` : `  ${tenth * 10} MB`);
      said = Math.max(said, tenth);
      yield piece;
    }
  };

/** Fetch says "fetch failed" and hides why in its cause, which has a code alone when several addresses failed. */
function reasonOf(error: unknown, silence: AbortSignal): string {
  if (silence.aborted) return (silence.reason as Error).message;
  const { message, cause } = error as Error & { cause?: { message?: string; code?: string } };
  const why = cause?.message || cause?.code;
  return why ? `${message}: ${why}` : message;
}
