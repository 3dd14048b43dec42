// Counters: frames are raw, so that what they grow by is computed here, as Prometheus' `rate()` does.

import type { Series } from './query';

/**
 * The growth per second between neighbouring points. A counter that falls was reset: it began again at zero, so that
 * its new value is what it has grown by. A point without a number, or the first, has no rate.
 */
export function rate({ labels, times, values }: Series): Series {
  const rates = values.map((value, index) => {
    const before = values[index - 1];
    const seconds = (times[index] ?? 0) - (times[index - 1] ?? 0);
    if (before === undefined || Number.isNaN(before) || Number.isNaN(value) || seconds <= 0) return NaN;
    return (value < before ? value : value - before) / seconds;
  });
  return { labels, times, values: rates };
}
