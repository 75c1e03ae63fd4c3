import { harmless } from './text.ts';
import type { Paint } from './paint.ts';

/** A diff for a terminal: coloured, and without what a terminal would obey. */
export function colouredDiff(diff: string, paint: Paint): string {
  let inHunk = false;
  return harmless(diff)
    .split('\n')
    .map((line) => {
      if (line.startsWith('diff ')) inHunk = false;
      if (line.startsWith('@@')) {
        inHunk = true;
        return paint.cyan(line);
      }
      if (!inHunk) return line === '' ? line : paint.bold(line);
      if (line.startsWith('+')) return paint.green(line);
      return line.startsWith('-') ? paint.red(line) : line;
    })
    .join('\n');
}
