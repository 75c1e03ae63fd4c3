import { apiError } from '../../contract/api-error.ts';
import { createClient } from '../../contract/client.ts';
import { findServer } from './address.ts';
import type { Client } from '../../contract/client.ts';
import type { Invocation } from '../invocation.ts';

/** A server to talk to. */
export interface Session {
  readonly url: string;
  readonly client: Client;
  /** A GET whose answer is wanted byte by byte, such as a patch of files that are not UTF-8. Errors are `ApiError`. */
  readonly bytes: (path: string, accept: string) => Promise<Buffer>;
}

export function openSession({ io, options }: Pick<Invocation, 'io' | 'options'>): Session {
  const { url, token } = findServer(io, options);
  return {
    url,
    client: createClient({ url, token }),
    async bytes(path, accept) {
      const headers = { accept, ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
      const response = await fetch(new URL(path, url), { headers });
      if (!response.ok) throw await apiError(response);
      return Buffer.from(await response.arrayBuffer());
    },
  };
}
