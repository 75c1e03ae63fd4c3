/** The middle value; of an even count the higher of the two in the middle. NaN for none. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The value below which the share `q` of all lies. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

/** The differences between neighbours. */
export const gaps = (moments: readonly number[]): number[] =>
  moments.slice(1).map((moment, index) => moment - (moments[index] ?? moment));

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Wall time of `work` in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
