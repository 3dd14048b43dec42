// What a page has seen of a query, beat by beat: for the way of a value, and for how fast a counter grows.

import { largest, seriesKey, sum, type Sample } from './query';
import { KNOWN_FROM_S, steadyRate, type Seen } from './rate';

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
/** Long enough for a rate to be known whatever has come. */
const RATE_OVER_S = KNOWN_FROM_S + 10;

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
  const rate = perSecond(readings);
  return { points: rate === undefined ? before.points : points(rate), readings };
}

/** Whether the trail of a counter goes as far as its latest reading; it does not while too little was seen of it. */
export function isRateKnown({ points, readings }: Trail): boolean {
  const last = readings.at(-1);
  return last !== undefined && points.at(-1)?.time === last.time && readings.length > 1;
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

/** What all series together grow by per second: nothing as long as no series can tell, `NaN` where none is a number. */
function perSecond(readings: readonly Reading[]): number | undefined {
  const series = new Map<string, Seen[]>();
  for (const { time, values } of readings) {
    for (const [key, value] of values) {
      if (Number.isFinite(value)) series.set(key, [...(series.get(key) ?? []), { time, value }]);
    }
  }
  if (![...(readings.at(-1)?.values.values() ?? [])].some(Number.isFinite)) return NaN;
  const rates = [...series.values()].map(steadyRate).filter((rate) => rate !== undefined);
  return rates.length === 0 ? undefined : rates.reduce((sum, rate) => sum + rate);
}
