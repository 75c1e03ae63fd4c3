import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** One measured number, printed as it is with its mark beside it. */
export interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What it should be: at most or at least so much, in the same unit. */
  readonly mark?: { readonly most: number } | { readonly least: number };
  /** How it was measured, or what it is made of. */
  readonly note?: string;
}

/** One line of the table. */
export function rowText({ what, value, unit, mark, note = '' }: Row): string {
  const number = `${figure(value)} ${unit}`.trim();
  return `  ${what.padEnd(58)} ${number.padStart(14)}  ${markText(value, mark).padEnd(22)} ${note}`.trimEnd();
}

/** The machine and its load, as one line. */
export function machine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  const load = loadavg()[0]?.toFixed(2);
  return `${availableParallelism()} cores of ${cpu?.model ?? process.arch}, ${memory} GB, Node ${process.versions.node}, load ${load} at the start`;
}

function markText(value: number, mark: Row['mark']): string {
  if (mark === undefined) return '';
  const [held, text] =
    'most' in mark ? [value <= mark.most, `≤ ${mark.most}`] : [value >= mark.least, `≥ ${mark.least}`];
  return `${text}: ${held ? 'held' : 'MISSED'}`;
}

const figure = (value: number): string =>
  Math.abs(value) >= 1_000
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toFixed(value < 10 ? 2 : 1)));
