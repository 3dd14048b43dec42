// Prometheus' answers as it and those who speak its API send them, and how values are read from them. Nothing that they
// may hold is trusted: what cannot be read is left out, and `undrawn` says so.

import { isObject, list, text, texts } from './json';

export type Labels = Record<string, string>;

/** One series at one moment. */
export interface Sample {
  labels: Labels;
  value: number;
}

/** One series over time; both arrays have the same length, times ascend. */
export interface Series {
  labels: Labels;
  times: number[];
  values: number[];
}

/** What an answer holds that is not drawn. */
export type Undrawn =
  /** Series with samples that are native histograms. */
  | { is: 'histograms'; series: number }
  /** Series that are not as Prometheus' API has them. */
  | { is: 'unreadable'; series: number }
  /** All of it: it is of a type that has no place here, or that nobody knows; empty where it has none. */
  | { is: 'type'; type: string };

/** The moments that a `Date` knows, in seconds. */
const LAST_MOMENT = 8.64e12;

/** A sample's text as a number, in Prometheus' own spelling; some servers send the number itself. */
export function sampleValue(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return NaN;
  switch (value) {
    case '+Inf':
    case 'Inf':
      return Infinity;
    case '-Inf':
      return -Infinity;
    default:
      return value.trim() === '' ? NaN : Number(value);
  }
}

/** The samples of an instant vector; none of anything else. */
export function vector(answer: unknown): Sample[] {
  return resultOf(answer, 'vector').flatMap(({ metric, value }) => {
    const read = rawSample(value);
    return read ? [{ labels: texts(metric), value: read.value }] : [];
  });
}

/** The series of a range matrix; none of anything else. */
export function matrix(answer: unknown): Series[] {
  return resultOf(answer, 'matrix').flatMap(({ metric, values }) => {
    if (!Array.isArray(values) || values.length === 0) return [];
    const series: Series = { labels: texts(metric), times: [], values: [] };
    let last = -Infinity;
    for (const one of values) {
      const read = rawSample(one);
      if (!read || read.time <= last) continue;
      last = read.time;
      series.times.push(read.time);
      series.values.push(read.value);
    }
    return series.times.length > 0 ? [series] : [];
  });
}

/** A scalar's value as the one sample that it is, a vector's samples; none of anything else. */
export function samples(answer: unknown): Sample[] {
  if (!isObject(answer) || answer.resultType !== 'scalar') return vector(answer);
  const read = rawSample(answer.result);
  return read ? [{ labels: {}, value: read.value }] : [];
}

/** What `samples` or `matrix` leaves out of an answer; a `result` of `null` means none. */
export function undrawn(answer: unknown, by: 'samples' | 'matrix'): Undrawn[] {
  if (!isObject(answer)) return [{ is: 'type', type: '' }];
  const { resultType, result } = answer;
  if (by === 'samples' && resultType === 'scalar') {
    return rawSample(result) ? [] : [{ is: 'unreadable', series: 1 }];
  }
  if (resultType !== (by === 'samples' ? 'vector' : 'matrix')) return [{ is: 'type', type: text(resultType) }];
  if (result !== null && result !== undefined && !Array.isArray(result)) return [{ is: 'unreadable', series: 1 }];
  const [histogram, float] = by === 'samples' ? ['histogram', 'value'] : ['histograms', 'values'];
  let [histograms, unreadable] = [0, 0];
  for (const series of list(result)) {
    const values = isObject(series) ? series[float] : undefined;
    const readable = by === 'samples' ? rawSample(values) : list(values).some(rawSample);
    if (isObject(series) && list(series[histogram]).length > 0) histograms += 1;
    // A series without any point is nothing to draw.
    else if (!readable && !(by === 'matrix' && Array.isArray(values) && values.length === 0)) unreadable += 1;
  }
  const reasons: Undrawn[] = [
    { is: 'histograms', series: histograms },
    { is: 'unreadable', series: unreadable },
  ];
  return reasons.filter((one) => one.is !== 'type' && one.series > 0);
}

/** The sum over series that are numbers; `undefined` when there are none. */
export function sum(samples: Sample[]): number | undefined {
  const values = samples.map(({ value }) => value).filter((value) => !Number.isNaN(value));
  return values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0);
}

/** The largest of the series that are numbers; `undefined` when there are none. */
export function largest(samples: Sample[]): number | undefined {
  const values = samples.map(({ value }) => value).filter((value) => !Number.isNaN(value));
  return values.length === 0 ? undefined : values.reduce((most, value) => Math.max(most, value));
}

/** Tells series apart: their labels, in order. */
export function seriesKey(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function resultOf(answer: unknown, type: string): Record<string, unknown>[] {
  return isObject(answer) && answer.resultType === type ? list(answer.result).filter(isObject) : [];
}

/** Seconds since 1970, and the value as text: also `NaN`, `+Inf`, `-Inf`. */
function rawSample(raw: unknown): { time: number; value: number } | undefined {
  if (!Array.isArray(raw)) return undefined;
  const [time, value] = raw as unknown[];
  if (typeof time !== 'number' || Math.abs(time) > LAST_MOMENT) return undefined;
  return typeof value === 'string' || typeof value === 'number' ? { time, value: sampleValue(value) } : undefined;
}
