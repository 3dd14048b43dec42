// Counters: frames are raw, so that what they grow by is computed here. Resets are taken as Prometheus' `rate()` takes
// them; unlike there, nothing is extrapolated.

import type { Series } from './query';

/**
 * How much the counter of one series has grown from one reading to the next. One that falls was reset: it began again
 * at zero, so that its new value is what it has grown by; of a sum of counters that does not hold. `NaN` where either is
 * no number.
 */
export function growth(before: number, value: number): number {
  if (!Number.isFinite(before) || !Number.isFinite(value)) return NaN;
  return value < before ? value : value - before;
}

/** The growth per second between neighbouring points. The first point has none. */
export function rate({ labels, times, values }: Series): Series {
  const rates = values.map((value, index) => {
    const seconds = (times[index] ?? 0) - (times[index - 1] ?? 0);
    return index === 0 || seconds <= 0 ? NaN : growth(values[index - 1] ?? NaN, value) / seconds;
  });
  return { labels, times, values: rates };
}
