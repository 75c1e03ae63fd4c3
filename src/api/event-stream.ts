import type { Response } from 'express';
import type { WireEvent } from '../contract/events.ts';

const COMMENT_EVERY_MS = 15_000;

export interface EventStream {
  send(text: string): void;
  end(): void;
}

/** Begins a stream of server-sent events, kept alive by comments until it ends or its reader is gone. */
export function openStream(res: Response, signal: AbortSignal): EventStream {
  res.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  });
  res.flushHeaders();
  const alive = setInterval(() => res.write(': alive\n\n'), COMMENT_EVERY_MS);
  signal.addEventListener('abort', () => clearInterval(alive), { once: true });
  return {
    send(text) {
      if (!signal.aborted) res.write(text);
    },
    end() {
      clearInterval(alive);
      res.end();
    },
  };
}

/** JSON has no line breaks of its own, so that one `data` line is enough. */
export const eventText = ({ id, type, data }: WireEvent): string =>
  `${id === null ? '' : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
