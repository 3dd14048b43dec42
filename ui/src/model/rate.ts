// Counters: frames are raw, so that what they grow by is computed here. Resets are taken as Prometheus' `rate()` takes
// them; unlike there, nothing is extrapolated.
//
// A page does not know when Prometheus has scraped: from one beat to the next a counter stands or leaps. Two beats say
// little of how fast it grows, several leaps do.

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

/** A counter as a page has seen it at one beat. */
export interface Seen {
  /** Seconds since 1970. */
  time: number;
  value: number;
}

/** What was seen for so long has a rate in any case. */
export const KNOWN_FROM_S = 50;
/** From leap to leap, either end may be a beat off: over so many beats that is a quarter at most. */
const BEATS = 4;

/**
 * How fast a counter grows that Prometheus scrapes at times of its own: from its first leap to its last one, as long as it
 * goes on leaping. Nothing as long as that is not known; times ascend.
 */
export function steadyRate(seen: readonly Seen[]): number | undefined {
  const [first, last] = [seen[0], seen.at(-1)];
  if (!first || !last || last.time <= first.time) return undefined;
  let [gap, longest, total, untilFirst] = [0, 0, 0, 0];
  const leaps: number[] = [];
  for (const [index, { time, value }] of seen.entries()) {
    const before = seen[index - 1];
    if (!before) continue;
    gap = Math.max(gap, time - before.time);
    const grown = growth(before.value, value);
    if (grown === 0) continue;
    if (leaps.length === 0) untilFirst = grown;
    longest = Math.max(longest, time - (leaps.at(-1) ?? time));
    leaps.push(time);
    total += grown;
  }
  const [from, to] = [leaps[0] ?? 0, leaps.at(-1) ?? 0];
  const isLong = last.time - first.time >= KNOWN_FROM_S;
  if (to > from && last.time - to <= longest + gap && to - from >= BEATS * gap) return (total - untilFirst) / (to - from);
  return isLong ? total / (last.time - first.time) : undefined;
}
