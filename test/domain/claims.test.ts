import * as fc from 'fast-check';
import { claimsOverlap } from '../../src/domain/claims.ts';

const NAMES = ['a', 'b', 'aa', 'ab'];
/** Every path over a small alphabet, as deep as two globs of three segments can need to meet. */
const PATHS = [1, 2, 3, 4, 5, 6].flatMap((depth) => pathsOf(depth));

const segment = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'ab', '*', '**') },
  { weight: 2, arbitrary: fc.constantFrom('a*', '*b', '?', 'a?', '?b', '??', '*a') },
  { weight: 1, arbitrary: fc.constantFrom('{a,b}', '{a,*b}', 'a{,b}', '{a,{ab,b}}') },
);
const glob = fc
  .tuple(
    fc.constantFrom('', './'),
    fc.array(segment, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '/'),
  )
  .map(([before, segments, after]) => before + segments.join('/') + after);

describe('claims overlap', () => {
  test('exactly when some file is matched by both', () => {
    fc.assert(
      fc.property(glob, glob, (one, other) => {
        const left = matcher(one);
        const right = matcher(other);
        const met = PATHS.some((path) => left(path) && right(path));
        expect(`${one} ${other} ${claimsOverlap([one], [other])}`).toBe(`${one} ${other} ${met}`);
      }),
      { numRuns: 1_000 },
    );
  });

  test('in both directions, and as soon as one glob of each does', () => {
    const globs = fc.array(glob, { maxLength: 3 });
    fc.assert(
      fc.property(globs, globs, (some, others) => {
        const met = some.some((one) => others.some((other) => claimsOverlap([one], [other])));
        expect(claimsOverlap(some, others)).toBe(met);
        expect(claimsOverlap(others, some)).toBe(met);
      }),
    );
  });

  test('when a folder is named without a slash, with one, or from the root', () => {
    for (const folder of ['src', 'src/', './src', 'src/.', 'src//', '.', './', '', 'src/**'])
      expect([folder, claimsOverlap([folder], ['src/api/app.ts'])]).toEqual([folder, true]);
    expect(claimsOverlap(['src/api'], ['src/api.ts', 'src/apis/x', 'src/*.ts', 'api/x'])).toBe(false);
  });

  test('never for a task that claims nothing', () => {
    expect(claimsOverlap([], ['**'])).toBe(false);
    expect(claimsOverlap(['**'], [])).toBe(false);
  });

  test('whatever the names are', () => {
    expect(claimsOverlap(['__proto__', 'constructor/$&'], ['__proto__/x'])).toBe(true);
    expect(claimsOverlap(['src/(a|b)+.ts'], ['src/a.ts'])).toBe(false);
    expect(claimsOverlap(['{open', 'close}', '{}'], ['{open'])).toBe(true);
    expect(claimsOverlap(['a/{b/c,d}/*'], ['*/b/*/e'])).toBe(true);
    expect(claimsOverlap(['é/日本.*'], ['é/??.ts'])).toBe(true);
  });
});

test('a glob of a million alternatives is taken for every file, at once', () => {
  const bomb = '{a,b}'.repeat(20);
  const began = performance.now();
  expect(claimsOverlap([bomb], ['anything'])).toBe(true);
  expect(performance.now() - began).toBeLessThan(1_000);
});

function pathsOf(depth: number): string[][] {
  if (depth === 0) return [[]];
  return pathsOf(depth - 1).flatMap((path) => NAMES.map((name) => [...path, name]));
}

/** A matcher of its own making: the glob as a regular expression over the path. */
function matcher(text: string): (path: readonly string[]) => boolean {
  const plain = text.replace(/^\.\//, '');
  const below = plain.endsWith('/') ? '**' : '';
  const wholes = unbrace(plain + below);
  const expressions = wholes.map((whole) => {
    const parts = whole.split('/');
    const folder = /[*?]/.test(parts.at(-1) ?? '') ? '' : '(/[^/]+)*';
    const body = parts
      .map((part) =>
        part === '**' ? '(/[^/]+)*' : `/${part.replace(/\*/g, '[^/]*').replace(/\?/g, '[^/]')}`,
      )
      .join('');
    return new RegExp(`^${body}${folder}$`);
  });
  return (path) => expressions.some((expression) => expression.test(`/${path.join('/')}`));
}

function unbrace(text: string): string[] {
  const close = text.indexOf('}');
  if (close === -1) return [text];
  const open = text.lastIndexOf('{', close);
  return text
    .slice(open + 1, close)
    .split(',')
    .flatMap((option) => unbrace(text.slice(0, open) + option + text.slice(close + 1)));
}
