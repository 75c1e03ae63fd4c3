/** Most tool calls of one answer that are carried out. */
export const MAX_CALLS = 100;

/** Text that every store and every endpoint takes: no NUL, no half of a surrogate pair. */
export function safeText(text: string): string {
  return text.replace(UNSAFE, '\uFFFD');
}

const UNSAFE = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/**
 * A tool call's input as far as it can be read: an object as it is, a string as JSON, nothing as `{}`. What is cut,
 * is no JSON or is nested beyond reason comes back as `malformed`.
 */
export function readInput(raw: unknown): { readonly input: unknown; readonly malformed?: string } {
  if (raw === undefined || raw === null || raw === '') return { input: {} };
  if (typeof raw !== 'string') return cleanedOr(raw, () => safeText(JSON.stringify(raw)));
  try {
    return cleanedOr(JSON.parse(raw), () => safeText(raw));
  } catch {
    return { input: null, malformed: safeText(raw) };
  }
}

const MAX_DEPTH = 64;

function cleanedOr(
  value: unknown,
  text: () => string,
): { readonly input: unknown; readonly malformed?: string } {
  const input = cleaned(value, 0);
  return input === TOO_DEEP ? { input: null, malformed: text() } : { input };
}

const TOO_DEEP = Symbol('nested too deeply');

/** A copy with safe texts and without keys that could reach a prototype. */
function cleaned(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return safeText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === MAX_DEPTH) return TOO_DEEP;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => cleaned(item, depth + 1));
    return items.includes(TOO_DEEP) ? TOO_DEEP : items;
  }
  const entries = Object.entries(value)
    .filter(([key]) => key !== '__proto__')
    .map(([key, item]: [string, unknown]): [string, unknown] => [safeText(key), cleaned(item, depth + 1)]);
  return entries.some(([, item]) => item === TOO_DEEP) ? TOO_DEEP : Object.fromEntries(entries);
}
