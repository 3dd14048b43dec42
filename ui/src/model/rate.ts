// Counters: frames are raw, so that what they grow by is computed here. Resets are taken as Prometheus' `rate()` takes
// them; unlike there, nothing is extrapolated.

import type { Labels, Series } from './query';

/** Whether a query has computed the series, of several counters perhaps: Prometheus takes the name away then. */
export function isComputed(labels: Labels): boolean {
  return labels.__name__ === undefined;
}

/**
 * How much the counter of one series has grown from one reading to the next. One that falls was reset: it began again
 * at zero, so that its new value is what it has grown by; of a sum of counters that does not hold. `NaN` where either is
 * no number.
 */
export function growth(before: number, value: number): number {
  if (!Number.isFinite(before) || !Number.isFinite(value)) return NaN;
  return value < before ? value : value - before;
}

/** The growth per second between neighbouring points. The first point has none, nor has one at which a sum falls. */
export function rate({ labels, times, values }: Series): Series {
  const areSums = isComputed(labels);
  const rates = values.map((value, index) => {
    const seconds = (times[index] ?? 0) - (times[index - 1] ?? 0);
    const before = values[index - 1] ?? NaN;
    return seconds <= 0 || (areSums && value < before) ? NaN : growth(before, value) / seconds;
  });
  return { labels, times, values: rates };
}
