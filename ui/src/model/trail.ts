// What a page has seen of a query, beat by beat: for the way of a value, and for how fast a counter grows.

import { largest, seriesKey, sum, type Sample } from './query';
import { growth } from './rate';

/** How the samples of a query become one number. */
export type Kind =
  /** Their sum. */
  | 'amount'
  /** The largest of them: shares and durations do not add up. */
  | 'level'
  /** What they grow by per second, together. */
  | 'counter';

export interface Point {
  /** Seconds since 1970. */
  time: number;
  /** `NaN` where it is not known. */
  value: number;
}

/** Times ascend. */
export interface Trail {
  points: readonly Point[];
  /** Of a counter, its series at the latest beats. */
  readings: readonly Reading[];
}

interface Reading {
  time: number;
  values: ReadonlyMap<string, number>;
}

export const NO_TRAIL: Trail = { points: [], readings: [] };

/** So many beats; at ten seconds each, a quarter of an hour. */
const POINTS = 90;
/** Prometheus scrapes seldom on the same beat as it is polled: from one beat to the next, a counter stands or leaps. */
const RATE_OVER_S = 60;

/**
 * The trail and one beat more; a beat without samples tells nothing. Of a beat whose time is that of the last one all is
 * known already; where the clock was put back, what seems to come after it is forgotten. `sums` are counters each of
 * which is the sum of several.
 */
export function extend(trail: Trail, time: number, samples: Sample[], kind: Kind | 'sums'): Trail {
  const ends = [trail.points.at(-1)?.time, trail.readings.at(-1)?.time];
  if (samples.length === 0 || ends.includes(time)) return trail;
  const isBefore = (one: { time: number }) => one.time < time;
  const before = { points: trail.points.filter(isBefore), readings: trail.readings.filter(isBefore) };
  const points = (value = NaN) => [...before.points, { time, value }].slice(-POINTS);
  if (kind === 'amount' || kind === 'level') {
    return { points: points({ amount: sum, level: largest }[kind](samples)), readings: [] };
  }
  const latest = reading(time, samples);
  if (before.readings.length === 0) return { points: before.points, readings: [latest] };
  // One of several was reset: how much the others have grown nobody knows.
  if (kind === 'sums' && hasFallen(before.readings.at(-1), latest)) return { points: points(), readings: [latest] };
  const readings = [...recent(before.readings, time), latest];
  return { points: points(perSecond(readings)), readings };
}

/** The readings of the last minute; of a beat that is longer than that, the last one. */
function recent(readings: readonly Reading[], now: number): readonly Reading[] {
  const found = readings.filter(({ time }) => time >= now - RATE_OVER_S);
  return found.length > 0 ? found : readings.slice(-1);
}

function reading(time: number, samples: Sample[]): Reading {
  return { time, values: new Map(samples.map(({ labels, value }) => [seriesKey(labels), value])) };
}

function hasFallen(before: Reading | undefined, { values }: Reading): boolean {
  return [...values].some(([key, value]) => value < (before?.values.get(key) ?? -Infinity));
}

function perSecond(readings: Reading[]): number | undefined {
  const [first, last] = [readings[0], readings.at(-1)];
  if (!first || !last || last.time <= first.time) return undefined;
  let total: number | undefined;
  for (const [index, { values }] of readings.entries()) {
    for (const [key, value] of values) {
      const grown = growth(readings[index - 1]?.values.get(key) ?? NaN, value);
      if (!Number.isNaN(grown)) total = (total ?? 0) + grown;
    }
  }
  return total === undefined ? undefined : total / (last.time - first.time);
}
