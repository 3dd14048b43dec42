// A classic histogram as the channel `metrics` has it: cumulative counts by upper bound. The gateway leaves `+Inf` out, so
// that what lies above the greatest bound is not known of; where there is one, it is counted.

import { sampleValue } from './query';

/** `{"0.1":50,"0.2":100}`: how many observations were at most so large; `null` where that is not known. */
export type Buckets = Record<string, number | null>;

interface Bucket {
  /** Its upper bound. */
  bound: number;
  count: number;
}

/** Buckets in the order of their bounds, each with what it alone holds. */
export function bars(buckets: Buckets): Bucket[] {
  const all = cumulative(buckets);
  return all.map(({ bound, count }, index) => ({ bound, count: count - (all[index - 1]?.count ?? 0) }));
}

/**
 * The value below which a share of the observations lies, as Prometheus' `histogram_quantile()` has it: linear within
 * its bucket, in the first one from zero; the greatest finite bound where it lies above that. `NaN` without observations.
 */
export function quantile(share: number, buckets: Buckets): number {
  const all = cumulative(buckets);
  const rank = share * (all.at(-1)?.count ?? 0);
  const index = all.findIndex(({ count }) => count > 0 && count >= rank);
  const [found, before] = [all[index], all[index - 1]];
  if (!found) return NaN;
  if (found.bound === Infinity) return before?.bound ?? NaN;
  if (!before && found.bound <= 0) return found.bound;
  const { bound: from, count: below } = before ?? { bound: 0, count: 0 };
  return from + (found.bound - from) * ((rank - below) / (found.count - below));
}

/** In the order of the bounds. A count that is read while it grows may be behind its neighbour: it is raised to it. */
function cumulative(buckets: Buckets): Bucket[] {
  let most = 0;
  return Object.entries(buckets)
    .map(([bound, count]) => ({ bound: sampleValue(bound), count: count ?? NaN }))
    .filter(({ bound, count }) => !Number.isNaN(bound) && Number.isFinite(count))
    .sort((a, b) => a.bound - b.bound)
    .map(({ bound, count }) => {
      most = Math.max(most, count);
      return { bound, count: most };
    });
}
