import { fit, padEnd, padStart, width } from './text.ts';
import type { Paint } from './paint.ts';

export interface Column {
  readonly name: string;
  readonly align?: 'left' | 'right';
  /** The column that gives way where the line is too narrow. */
  readonly shrinks?: boolean;
}

/** Rows under names, as wide as they need to be. Cells may be coloured, but for those of the column that shrinks. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { cells, paint }: { cells: number; paint: Paint },
): string[] {
  const widths = columns.map((column, at) =>
    Math.max(column.name.length, ...rows.map((row) => width(row[at] ?? ''))),
  );
  const flexible = columns.findIndex((column) => column.shrinks);
  const over = widths.reduce((sum, one) => sum + one + 2, -2) - cells;
  if (flexible >= 0 && over > 0) widths[flexible] = Math.max(10, (widths[flexible] ?? 0) - over);
  const line = (row: readonly string[]) =>
    columns
      .map((column, at) => {
        const text = at === flexible ? fit(row[at] ?? '', widths[at] ?? 0) : (row[at] ?? '');
        return column.align === 'right' ? padStart(text, widths[at] ?? 0) : padEnd(text, widths[at] ?? 0);
      })
      .join('  ')
      .trimEnd();
  return [paint.dim(line(columns.map((column) => column.name))), ...rows.map(line)];
}
