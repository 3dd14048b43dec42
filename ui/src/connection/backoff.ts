// How long to wait before the next try to connect.

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * Twice as long after each failure in a row (`failures` ≥ 1), up to half a minute; from half of that to all of it at
 * random, so that browsers that lost the gateway together do not come back together.
 */
export function backoff(failures: number, random: () => number = Math.random): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16));
  return longest * (0.5 + random() / 2);
}
