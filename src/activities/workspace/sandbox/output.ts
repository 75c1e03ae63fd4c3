import { StringDecoder } from 'node:string_decoder';

/** What is kept of a command's output: all of it, or its head and its tail. */
export interface Output {
  /** Takes raw bytes and returns them as text; what is not UTF-8 becomes U+FFFD. */
  add(chunk: Buffer): string;
  /** Raw bytes so far. */
  total(): number;
  text(): string;
}

/** Keeps at most `limit` bytes of UTF-8, and never more than twice that in memory. */
export function keepOutput(limit: number): Output {
  const decoder = new StringDecoder('utf8');
  const headSize = Math.floor(limit / 2);
  const head: Buffer[] = [];
  const tail: Buffer[] = [];
  let headBytes = 0;
  let tailBytes = 0;
  let seen = 0;
  let total = 0;

  const keep = (text: string) => {
    const bytes = Buffer.from(text, 'utf8');
    seen += bytes.length;
    const toHead = Math.min(bytes.length, headSize - headBytes);
    // Copies: a slice would keep its whole chunk alive.
    if (toHead > 0) head.push(Buffer.from(bytes.subarray(0, toHead)));
    headBytes += toHead;
    tail.push(Buffer.from(bytes.subarray(Math.max(toHead, bytes.length - limit))));
    tailBytes += tail.at(-1)?.length ?? 0;
    while (tail[0] !== undefined && tailBytes - tail[0].length >= limit)
      tailBytes -= tail.shift()?.length ?? 0;
  };

  return {
    add(chunk) {
      total += chunk.length;
      const text = decoder.write(chunk);
      keep(text);
      return text;
    },
    total: () => total,
    text() {
      keep(decoder.end());
      const first = Buffer.concat(head);
      const last = Buffer.concat(tail);
      return seen <= limit ? Buffer.concat([first, last]).toString() : cut(first, last, limit, seen);
    },
  };
}

function cut(first: Buffer, last: Buffer, limit: number, seen: number): string {
  const line = `\n[… ${seen - limit} bytes of output are not shown …]\n`;
  const room = Math.max(0, limit - Buffer.byteLength(line) - 12);
  const start = backToCharacter(first, Math.min(first.length, Math.floor(room / 2)));
  const end = onToCharacter(last, last.length - (room - start));
  const missing = seen - start - (last.length - end);
  const text = line.replace(String(seen - limit), String(missing));
  return first.toString('utf8', 0, start) + text + last.toString('utf8', end);
}

const isContinuation = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;

function backToCharacter(bytes: Buffer, at: number): number {
  let start = at;
  while (start > 0 && isContinuation(bytes[start])) start -= 1;
  return start;
}

function onToCharacter(bytes: Buffer, at: number): number {
  let end = Math.max(0, at);
  while (isContinuation(bytes[end])) end += 1;
  return end;
}
