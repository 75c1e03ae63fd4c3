const GAP = '  ';

/** Lines up rows of strings in columns. The first row is the header and gets a rule below it. */
export function table(rows) {
  const widths = columnWidths(rows);
  const [header = [], ...body] = rows.map((row) => line(row, widths));
  const rule = widths.map((width) => '-'.repeat(width)).join(GAP);
  return [header, rule, ...body].map((text) => `${text}\n`).join('');
}

/** The longest cell of each column, the header's included. */
export function columnWidths(rows) {
  const columns = Math.max(...rows.map((row) => row.length));
  return Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
}

function line(row, widths) {
  return widths
    .map((width, column) => (row[column] ?? '').padEnd(width))
    .join(GAP)
    .trimEnd();
}
