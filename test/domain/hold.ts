/** Throws unless `truth`: for millions of small checks inside a property, where `expect` would take most of the time. */
export function hold(truth: boolean, what: string): asserts truth {
  if (!truth) throw new Error(`does not hold: ${what}`);
}
