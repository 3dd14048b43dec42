// Series as a chart wants them: one column of times, and a column of values for each series.

import type { Series } from './query';

/** Times ascend; `null` is where a series has no number at a time, or one that no axis reaches. */
export interface Columns {
  times: number[];
  values: (number | null)[][];
}

/** An axis needs room beyond its values. */
const LARGEST = 1e300;

/**
 * Puts series side by side. Where two neighbouring times are further apart than one and a half steps, an empty row is
 * set between them, so that a chart shows a gap instead of a line.
 */
export function align(series: readonly Series[], step: number): Columns {
  const times = withGaps(ascending(series), step);
  const values = series.map((one) => {
    const column = new Array<number | null>(times.length).fill(null);
    let row = 0;
    one.times.forEach((time, index) => {
      const value = one.values[index];
      while (row < times.length && times[row] !== time) row += 1; // both ascend
      if (value !== undefined && Math.abs(value) <= LARGEST) column[row] = value;
    });
    return column;
  });
  return { times, values };
}

/** How far apart points of a matrix are, in seconds: its answer does not say, its closest neighbours do. */
export function stepOf(series: readonly Series[]): number {
  const times = ascending(series);
  return times.reduce((step, time, index) => Math.min(step, time - (times[index - 1] ?? -Infinity)), Infinity);
}

function ascending(series: readonly Series[]): number[] {
  const first = series[0]?.times ?? [];
  // Prometheus evaluates all series of an answer at the same times; some may lack a few.
  if (series.every(({ times }) => times.length === first.length && times.every((time, index) => time === first[index]))) {
    return first;
  }
  return [...new Set(series.flatMap(({ times }) => times))].sort((a, b) => a - b);
}

function withGaps(times: number[], step: number): number[] {
  return times.flatMap((time, index) => {
    const before = times[index - 1];
    return before !== undefined && time - before > step * 1.5 ? [before + step, time] : [time];
  });
}
