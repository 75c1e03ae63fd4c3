import { createServer } from 'node:net';

/** The first port from `from` on, and not in `except`, that nobody listens on at `host`. */
export async function nextFree(
  from: number,
  host = '127.0.0.1',
  except: readonly number[] = [],
): Promise<number> {
  for (let port = from; port <= 65_535; port++)
    if (!except.includes(port) && (await isFree(port, host))) return port;
  throw new Error(`no free port from ${from} on`);
}

const isFree = (port: number, host: string) =>
  new Promise<boolean>((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
