import type { Frame } from './frame.ts';
import type { WireProgress } from '../../contract/fields.ts';

/** Completed, failed, running and other tasks as one bar of `cells`. */
export function progressBar(progress: WireProgress, cells: number, { paint, signs }: Frame): string {
  const { completed, failed, running, cancelled, total } = progress;
  const shares = split([completed, failed + cancelled, running], total, cells);
  const [done = 0, bad = 0, busy = 0] = shares;
  const rest = Math.max(0, cells - done - bad - busy);
  return (
    paint.green(signs.full.repeat(done)) +
    paint.red(signs.full.repeat(bad)) +
    paint.cyan(signs.rest.repeat(busy)) +
    paint.dim(signs.rest.repeat(rest))
  );
}

/** Cells by the running sum, so that rounding never leaves a gap or overflows. */
function split(amounts: readonly number[], total: number, cells: number): number[] {
  let before = 0;
  let sum = 0;
  return amounts.map((amount) => {
    sum += amount;
    const end = total === 0 ? 0 : Math.round((Math.min(sum, total) / total) * cells);
    const own = end - before;
    before = end;
    return own;
  });
}
