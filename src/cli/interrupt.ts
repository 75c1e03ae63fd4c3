import { Interrupted } from './errors.ts';
import type { Io } from './io.ts';

/** Does something with a signal that Ctrl-C aborts; then Interrupted is thrown, with how to come back. */
export async function interruptible<T>(
  io: Io,
  comeBack: string,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const release = io.onInterrupt(() => controller.abort());
  try {
    const result = await act(controller.signal);
    if (controller.signal.aborted) throw new Interrupted(comeBack);
    return result;
  } finally {
    release();
  }
}
