import { styleText } from 'node:util';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Colours a text, or leaves it as it is. */
export type Paint = Readonly<Record<Style, (text: string) => string>>;

const STYLES: readonly Style[] = ['bold', 'dim', 'red', 'green', 'yellow', 'cyan'];

// Older Node takes no third argument, newer Node asks by default whether stdout is a terminal: we have asked already.
const styled: (style: Style, text: string, options: { validateStream: boolean }) => string = styleText;

export const COLOURS = Object.fromEntries(
  STYLES.map((style) => [style, (text: string) => styled(style, text, { validateStream: false })]),
) as unknown as Paint;

export const NO_COLOURS = Object.fromEntries(
  STYLES.map((style) => [style, (text: string) => text]),
) as unknown as Paint;

/** Signs of the tree and the lists. */
export interface Signs {
  readonly done: string;
  readonly failed: string;
  readonly cancelled: string;
  readonly pending: string;
  readonly waiting: string;
  readonly unknown: string;
  /** Turns while something runs. */
  readonly running: readonly string[];
  readonly warning: string;
  readonly branch: string;
  readonly last: string;
  readonly pass: string;
  readonly full: string;
  readonly rest: string;
  readonly dot: string;
}

export const SIGNS: Signs = {
  done: '✔',
  failed: '✖',
  cancelled: '⊘',
  pending: '○',
  waiting: '◔',
  unknown: '?',
  running: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
  warning: '!',
  branch: '├─',
  last: '└─',
  pass: '│ ',
  full: '━',
  rest: '─',
  dot: '·',
};

/** For the console of Linux, whose font has little more than ASCII. */
export const ASCII_SIGNS: Signs = {
  done: '+',
  failed: 'x',
  cancelled: '-',
  pending: 'o',
  waiting: '~',
  unknown: '?',
  running: ['|', '/', '-', '\\'],
  warning: '!',
  branch: '|-',
  last: '`-',
  pass: '| ',
  full: '#',
  rest: '-',
  dot: '|',
};
