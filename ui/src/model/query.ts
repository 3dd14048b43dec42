// Prometheus' answers as it sends them, and how values are read from them.

import { isObject } from './json';

export type Labels = Record<string, string>;
/** Seconds since 1970, and the value as text: also `NaN`, `+Inf`, `-Inf`. */
type RawSample = [number, string];

export type QueryData =
  | { resultType: 'vector'; result: { metric: Labels; value: RawSample }[] }
  | { resultType: 'matrix'; result: { metric: Labels; values: RawSample[] }[] }
  | { resultType: 'scalar' | 'string'; result: RawSample };

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

/** A sample's text as a number, in Prometheus' own spelling. */
export function sampleValue(text: string): number {
  switch (text) {
    case '+Inf':
      return Infinity;
    case '-Inf':
      return -Infinity;
    default:
      return text.trim() === '' ? NaN : Number(text);
  }
}

/** The samples of an instant vector; none of anything else. */
export function vector(data: unknown): Sample[] {
  if (!isData(data) || data.resultType !== 'vector') return [];
  return data.result.map(({ metric, value }) => ({ labels: metric, value: sampleValue(value[1]) }));
}

/** The series of a range matrix; none of anything else. */
export function matrix(data: unknown): Series[] {
  if (!isData(data) || data.resultType !== 'matrix') return [];
  return data.result.map(({ metric, values }) => ({
    labels: metric,
    times: values.map((sample) => sample[0]),
    values: values.map((sample) => sampleValue(sample[1])),
  }));
}

/** A scalar's value as the one sample that it is, a vector's samples; none of anything else. */
export function samples(data: unknown): Sample[] {
  if (isData(data) && data.resultType === 'scalar') return [{ labels: {}, value: sampleValue(data.result[1]) }];
  return vector(data);
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

function isData(data: unknown): data is QueryData {
  return isObject(data) && 'resultType' in data && 'result' in data;
}
