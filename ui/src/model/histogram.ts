// A classic histogram as the channel `metrics` has it: cumulative counts by upper bound.

/** `{"0.1":50,"0.2":100}`: how many observations were at most so large. */
export type Buckets = Record<string, number>;

/** Buckets in the order of their bounds, each with what it alone holds. */
export function bars(buckets: Buckets): { bound: number; count: number }[] {
  const sorted = Object.entries(buckets)
    .map(([bound, cumulative]) => ({ bound: Number(bound), cumulative }))
    .filter(({ bound, cumulative }) => Number.isFinite(bound) && Number.isFinite(cumulative))
    .sort((a, b) => a.bound - b.bound);
  return sorted.map(({ bound, cumulative }, index) => ({
    bound,
    // A counter that is read while it grows may be a little behind its neighbour.
    count: Math.max(0, cumulative - (sorted[index - 1]?.cumulative ?? 0)),
  }));
}

/**
 * The value below which a share of the observations lies, linear within its bucket, as Prometheus'
 * `histogram_quantile()`; `undefined` without observations.
 */
export function quantile(share: number, buckets: Buckets): number | undefined {
  const found = bars(buckets);
  const total = found.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return undefined;
  let below = 0;
  for (const [index, { bound, count }] of found.entries()) {
    if (count > 0 && below + count >= share * total) {
      const from = found[index - 1]?.bound ?? 0;
      return from + (bound - from) * ((share * total - below) / count);
    }
    below += count;
  }
  return found.at(-1)?.bound;
}
