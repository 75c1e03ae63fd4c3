import { width } from './text.ts';
import type { Paint, Signs } from './paint.ts';

/** What a view is drawn for. Nothing here is asked of the process, so that a view is a pure function. */
export interface Frame {
  /** Cells of a line. */
  readonly width: number;
  /** Lines that fit; Infinity where there is no screen. */
  readonly height: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Counts up, so that what runs is seen to turn. */
  readonly beat: number;
  readonly paint: Paint;
  readonly signs: Signs;
}

/** Puts one text at the left and one at the right end of a line. They must fit. */
export const spread = (left: string, right: string, cells: number): string =>
  right === '' ? left : left + ' '.repeat(Math.max(1, cells - width(left) - width(right))) + right;
