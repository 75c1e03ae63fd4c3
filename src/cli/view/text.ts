import { stripVTControlCharacters } from 'node:util';

/** Text of a model or a server in one line: no terminal escapes, no control characters, single spaces. */
export const oneLine = (text: string): string => block(text).replace(/\s+/g, ' ').trim();

/** The same with its lines kept; tabs become two spaces. */
export const block = (text: string): string =>
  stripVTControlCharacters(text).replace(/\r\n?/g, '\n').replace(/\t/g, '  ').replace(UNPRINTABLE, '');

/** Terminal escapes and control characters out, all else as it is: for diffs on a terminal. */
export const harmless = (text: string): string => stripVTControlCharacters(text).replace(UNPRINTABLE, '');

/** Cells that a text takes on a terminal. It must hold no control characters; colours count nothing. */
export function width(text: string): number {
  const bare = stripVTControlCharacters(text);
  if (/^[\x20-\x7e]*$/.test(bare)) return bare.length;
  let cells = 0;
  for (const { segment } of SEGMENTER.segment(bare)) cells += cellsOf(segment);
  return cells;
}

/** Cuts text without colours to at most `cells`, with an ellipsis where something is missing. */
export function fit(text: string, cells: number): string {
  if (cells <= 0) return '';
  if (width(text) <= cells) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of SEGMENTER.segment(text)) {
    const more = cellsOf(segment);
    if (used + more > cells - 1) break;
    kept += segment;
    used += more;
  }
  return `${kept.trimEnd()}…`;
}

/** Pads to `cells`; what is longer stays as it is. */
export const padEnd = (text: string, cells: number): string =>
  text + ' '.repeat(Math.max(0, cells - width(text)));
export const padStart = (text: string, cells: number): string =>
  ' '.repeat(Math.max(0, cells - width(text))) + text;

/** Breaks text without colours at spaces into lines of at most `cells`; longer words are cut in pieces. */
export function wrap(text: string, cells: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, Math.max(1, cells)));
}

/** A text behind a mark, its further lines under its first one. */
export function hanging(mark: string, text: string, cells: number): string[] {
  const indent = width(mark);
  return wrap(text, cells - indent).map((line, at) => (at === 0 ? mark : ' '.repeat(indent)) + line);
}

const SEGMENTER = new Intl.Segmenter();
// Of the format characters, those that turn the direction of writing round can hide what is there.
const UNPRINTABLE = /[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;
const WIDE =
  /^(?:\p{Emoji_Presentation}|\p{RI}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}])/u;

function cellsOf(segment: string): number {
  if (WIDE.test(segment) || segment.includes('\ufe0f')) return 2;
  return /^[\p{Mn}\p{Me}\p{Cf}]+$/u.test(segment) ? 0 : 1;
}

function wrapLine(line: string, cells: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const lines: string[] = [];
  let current = indent.length < cells ? indent : '';
  let empty = true;
  for (const word of line
    .trim()
    .split(/ +/)
    .flatMap((word) => pieces(word, cells - current.length))) {
    if (!empty && width(current) + 1 + width(word) > cells) {
      lines.push(current);
      current = indent.length < cells ? indent : '';
      empty = true;
    }
    current += (empty ? '' : ' ') + word;
    empty = false;
  }
  return [...lines, current.trimEnd()];
}

function pieces(word: string, cells: number): string[] {
  if (width(word) <= cells || cells < 1) return [word];
  const parts = [''];
  for (const { segment } of SEGMENTER.segment(word)) {
    if (width(parts.at(-1) ?? '') + cellsOf(segment) > cells) parts.push('');
    parts.push((parts.pop() ?? '') + segment);
  }
  return parts;
}
