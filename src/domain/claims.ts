/**
 * Whether two lists of globs can name the same file. `*` and `?` stay inside a path segment, `**` spans any
 * number of segments, `{a,b}` is either; a plain name is a file or a folder with everything below it. A list without
 * globs claims nothing.
 */
export function claimsOverlap(a: readonly string[], b: readonly string[]): boolean {
  const right = claimOf(b);
  return claimOf(a).some((one) => right.some((other) => globsMeet(one, other)));
}

interface Glob {
  readonly segments: readonly string[];
  /** What every path of the glob begins with. */
  readonly prefix: string;
}

/** Alternatives of one glob; one with more claims everything, so that no plan can keep the scheduler busy. */
const MOST_ALTERNATIVES = 256;
const BRACES = /\{([^{}]*)\}/;

/** Plans are compared again at every decision: each list is read once. */
const claims = new WeakMap<readonly string[], readonly Glob[]>();

function claimOf(globs: readonly string[]): readonly Glob[] {
  const known = claims.get(globs);
  if (known) return known;
  const claim = globs.flatMap(alternatives).map(globOf);
  claims.set(globs, claim);
  return claim;
}

function alternatives(glob: string): string[] {
  let texts = [glob];
  while (texts.some((text) => BRACES.test(text))) {
    texts = texts.flatMap((text) => {
      const [braces, options] = BRACES.exec(text) ?? [];
      if (braces === undefined || options === undefined) return [text];
      return options.split(',').map((option) => text.replace(braces, () => option));
    });
    if (texts.length > MOST_ALTERNATIVES) return ['**'];
  }
  return texts;
}

function globOf(text: string): Glob {
  const segments = text.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (text.endsWith('/') || !isWild(segments.at(-1) ?? '')) segments.push('**');
  const wild = segments.findIndex(isWild);
  return { segments, prefix: segments.slice(0, wild === -1 ? undefined : wild).join('/') };
}

const isWild = (segment: string): boolean => /[*?]/.test(segment);

function globsMeet(a: Glob, b: Glob): boolean {
  if (!a.prefix.startsWith(b.prefix) && !b.prefix.startsWith(a.prefix)) return false;
  return meet(a.segments, b.segments, '**', segmentsMeet);
}

function segmentsMeet(a: string, b: string): boolean {
  if (!isWild(a) && !isWild(b)) return a === b;
  return meet(Array.from(a), Array.from(b), '*', (x, y) => x === y || x === '?' || y === '?');
}

/** Whether two patterns accept a common sequence, where `many` in either stands for any run of items. */
function meet<T>(a: readonly T[], b: readonly T[], many: T, same: (x: T, y: T) => boolean): boolean {
  const reachable = Array.from({ length: a.length + 1 }, () =>
    Array.from({ length: b.length + 1 }, () => false),
  );
  const at = (i: number, j: number): boolean => reachable[i]?.[j] ?? false;
  for (let i = a.length; i >= 0; i--)
    for (let j = b.length; j >= 0; j--) {
      const x = a[i];
      const y = b[j];
      const row = reachable[i] as boolean[];
      if (x === undefined && y === undefined) row[j] = true;
      else if (x === many) row[j] = at(i + 1, j) || (y !== undefined && at(i, j + 1));
      else if (y === many) row[j] = at(i, j + 1) || (x !== undefined && at(i + 1, j));
      else row[j] = x !== undefined && y !== undefined && same(x, y) && at(i + 1, j + 1);
    }
  return at(0, 0);
}
