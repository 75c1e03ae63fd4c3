/**
 * Whether two lists of globs can name the same file. `*` and `?` stay inside a path segment, `**` spans any
 * number of segments, `{a,b}` is either; a trailing slash means everything below. A list without globs claims nothing.
 */
export function claimsOverlap(a: readonly string[], b: readonly string[]): boolean {
  const left = a.flatMap(expand);
  const right = b.flatMap(expand);
  return left.some((one) => right.some((other) => globsMeet(one, other)));
}

function expand(glob: string): string[][] {
  const brace = /^(.*?)\{([^{}]*)\}(.*)$/s.exec(glob);
  if (brace) {
    const [, before = '', options = '', after = ''] = brace;
    return options.split(',').flatMap((option) => expand(before + option + after));
  }
  const path = glob.replace(/^\.?\/+/, '');
  return [(path.endsWith('/') ? `${path}**` : path).split('/')];
}

function globsMeet(a: readonly string[], b: readonly string[]): boolean {
  return meet(a, b, '**', segmentsMeet);
}

function segmentsMeet(a: string, b: string): boolean {
  return meet(a.split(''), b.split(''), '*', (x, y) => x === y || x === '?' || y === '?');
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
