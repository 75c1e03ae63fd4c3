/** How long an endpoint may take to say that it is there, in milliseconds. */
const PATIENCE_MS = 5_000;

/**
 * Whether a free request is answered. An endpoint that lacks the route is there all the same; one that refuses the
 * key is not of use.
 */
export async function reachableBy(
  signal: AbortSignal,
  ask: (signal: AbortSignal) => PromiseLike<unknown>,
): Promise<{ ok: boolean; reason: string | null }> {
  try {
    await ask(AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]));
    return { ok: true, reason: null };
  } catch (error) {
    const status: unknown = (error as { status?: unknown }).status;
    if (status === 401 || status === 403)
      return { ok: false, reason: `the endpoint refuses the key (${status})` };
    if (typeof status === 'number' && status < 500 && status !== 429) return { ok: true, reason: null };
    if (typeof status === 'number') return { ok: false, reason: `the endpoint answers ${status}` };
    return { ok: false, reason: 'the endpoint cannot be reached' };
  }
}
