/** Bytes of tool output that a model is shown; the whole is kept elsewhere. */
export const SHOWN_BYTES = 16_000;

/** Head and tail of a long text with a line between them that says how much is missing; null when it is short. */
export function headAndTail(text: string, limit = SHOWN_BYTES): string | null {
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return null;
  const half = Math.floor(limit / 2);
  const head = wholeCharacters(bytes.subarray(0, half));
  const tail = wholeCharacters(bytes.subarray(bytes.length - half));
  return `${head}\n[… ${bytes.length - 2 * half} of ${bytes.length} bytes left out here …]\n${tail}`;
}

/** A cut may fall inside a character: its parts are dropped. */
function wholeCharacters(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/^\uFFFD{1,3}|\uFFFD{1,3}$/g, '');
}
