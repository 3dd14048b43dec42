// The trails of all queries of a channel, while the page is open; they outlive a look at another page.

import { answersOf, faultOf, type Channel, type Frame } from '../../model/frame';
import type { Buckets } from '../../model/histogram';
import { isObject } from '../../model/json';
import { samples, seriesKey, undrawn, type Sample, type Undrawn } from '../../model/query';
import { isComputed } from '../../model/rate';
import { extend, NO_TRAIL, type Trail } from '../../model/trail';
import { useFrameReducer } from './useFrameReducer';
import { meaning, type Meaning } from './meaning';

/** By the names of the queries. */
type Trails = ReadonlyMap<string, Trail>;

const NO_TRAILS: Trails = new Map();

/** The trails and one frame more. */
export function extendAll(trails: Trails, { timestamp, data }: Pick<Frame, 'timestamp' | 'data'>): Trails {
  const time = Date.parse(timestamp) / 1000;
  if (Number.isNaN(time)) return trails;
  const extended = Object.entries(answersOf(data)).map(([query, answer]) => {
    const before = trails.get(query) ?? NO_TRAIL;
    if (answer === null || faultOf(answer)) return [query, before] as const;
    if (isBuckets(answer)) return [query, extend(before, time, bucketSamples(answer), 'sums')] as const;
    const found = answerSamples(answer);
    const { kind } = meaningOf(query, answer);
    const areSums = kind === 'counter' && found.some(({ labels }) => isComputed(labels));
    return [query, extend(before, time, found, areSums ? 'sums' : kind)] as const;
  });
  return new Map(extended);
}

/** Of an answer of Prometheus, or of a plain number of the channel `metrics`. */
export function answerSamples(answer: unknown): Sample[] {
  return typeof answer === 'number' ? [{ labels: {}, value: answer }] : samples(answer);
}

/** What `answerSamples` leaves out. */
export function left(answer: unknown): Undrawn[] {
  return typeof answer === 'number' || answer === undefined ? [] : undrawn(answer, 'samples');
}

/** Whether it is a histogram of the channel `metrics`, not an answer of Prometheus. */
export function isBuckets(answer: unknown): answer is Buckets {
  if (!isObject(answer) || Array.isArray(answer)) return false;
  return Object.values(answer).every((one) => one === null || typeof one === 'number');
}

/** What fell into each bucket while the trail looked on, and how long that was; nothing if it has looked but once. */
export function recentBuckets(buckets: Buckets, { readings }: Trail): { grown: Buckets; seconds: number } | undefined {
  const [first, last] = [readings[0], readings.at(-1)];
  if (!first || !last || last.time <= first.time) return undefined;
  const grown = Object.keys(buckets).map((le) => {
    const key = seriesKey({ le });
    return [le, (last.values.get(key) ?? NaN) - (first.values.get(key) ?? NaN)] as const;
  });
  return { grown: Object.fromEntries(grown), seconds: last.time - first.time };
}

function bucketSamples(buckets: Buckets): Sample[] {
  return Object.entries(buckets).map(([le, value]) => ({ labels: { le }, value: value ?? NaN }));
}

/** How many metrics of different units an answer has: they make no one number. None where all are of one. */
export function mixed(query: string, answer: unknown): number {
  const metrics = new Set(answerSamples(answer).map(({ labels }) => labels.__name__));
  const units = new Set([...metrics].map((metric) => JSON.stringify(meaning(query, metric))));
  return units.size > 1 ? metrics.size : 0;
}

/** A plain number is a sum, of percentages too; its tile says so. */
export function meaningOf(query: string, answer: unknown): Meaning {
  const found = meaning(query, answerSamples(answer)[0]?.labels.__name__);
  return typeof answer === 'number' && found.kind === 'level' ? { ...found, kind: 'amount' } : found;
}

const TRAILS = { initial: NO_TRAILS, step: extendAll, remembered: new Map<Channel, Trails>() };

/** The trails of a channel, with its latest frame. */
export const useTrails = (channel: Channel, frame: Frame | undefined): Trails => useFrameReducer(TRAILS, channel, frame);
