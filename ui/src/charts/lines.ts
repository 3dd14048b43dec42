// From the series of a query to the lines of a chart: few enough to read, with names short enough for a legend.

import { seriesKey, type Labels, type Series } from '../model/query';
import type { Line } from './TimeChart';

interface Lines {
  lines: Line[];
  /** The labels whose values name the lines; none if there is nothing to tell apart. */
  by: string[];
  /** Series that are in no line. */
  left: number;
}

interface Options {
  /** Whether values of several series may be added up. */
  additive: boolean;
  /** The label that lines are made of rather than of any other, if there are many series. */
  prefer?: string | undefined;
  /** What a line without labels is called. */
  title: string;
  /** What the line is called that adds up so many small series. */
  rest: (count: number) => string;
}

/** The label that holds a metric's name. */
export const METRIC = '__name__';

/** More lines than colours cannot be distinguished. */
const READABLE = 8;
/** Of what cannot be added up, more lines are better than none. */
const MOST = 50;
/** What people ask for first. */
const PREFERRED = ['service', 'instance', 'job', 'route', 'handler', 'path', 'endpoint', 'method', 'status', 'code'];

/**
 * A line for each series, as long as there are few. Of many that add up, a line for each value of one label, or for the
 * largest and one for the rest; of many that do not, the largest.
 */
export function lines(series: readonly Series[], { additive, prefer, title, rest }: Options): Lines {
  const by = telling(series.map(({ labels }) => labels));
  const named = (one: Series, labels: string[]) => line(one, labels, title);
  if (series.length <= READABLE) return { lines: sorted(series.map((one) => named(one, by))), by, left: 0 };
  if (!additive) {
    const drawn = bySize(series).slice(0, MOST);
    return { lines: sorted(drawn.map((one) => named(one, by))), by, left: series.length - drawn.length };
  }
  const label = groupingLabel(series, by, prefer);
  if (label !== undefined) {
    const groups = [...grouped(series, label)].map(([value, members]) => total(members, { [label]: value }));
    return { lines: sorted(groups.map((group) => named(group, [label]))), by: [label], left: 0 };
  }
  const ordered = bySize(series);
  const [large, small] = [ordered.slice(0, READABLE - 1), ordered.slice(READABLE - 1)];
  const others: Line = { ...total(small, {}), key: 'rest', name: rest(small.length) };
  return { lines: [...sorted(large.map((one) => named(one, by))), others], by, left: 0 };
}

/** The labels whose values are not the same in all series; the name of the metric is the first of them. */
export function telling(all: readonly Labels[]): string[] {
  const names = new Set(all.flatMap((labels) => Object.keys(labels)));
  const found = [...names].filter((name) => all.some((labels) => labels[name] !== all[0]?.[name]));
  return found.sort((a, b) => (a === METRIC ? -1 : b === METRIC ? 1 : a < b ? -1 : 1));
}

/** Adds series up, time by time; where none of them is a number, neither is their sum. */
export function total(series: readonly Series[], labels: Labels): Series {
  const sums = new Map<number, number>();
  for (const { times, values } of series) {
    times.forEach((time, index) => {
      const [before, value] = [sums.get(time), values[index] ?? NaN];
      if (before === undefined || Number.isNaN(before)) sums.set(time, value);
      else if (!Number.isNaN(value)) sums.set(time, before + value);
    });
  }
  const times = [...sums.keys()].sort((a, b) => a - b);
  return { labels, times, values: times.map((time) => sums.get(time) ?? NaN) };
}

/** The label that makes the most groups without making too many; of the preferred ones, the first that does at all. */
function groupingLabel(series: readonly Series[], by: string[], prefer = ''): string | undefined {
  // What different metrics count makes no sum.
  if (by.includes(METRIC)) return new Set(series.map(({ labels }) => labels[METRIC])).size <= READABLE ? METRIC : undefined;
  const sizes = by
    .map((label) => ({ label, size: new Set(series.map(({ labels }) => labels[label])).size }))
    .filter(({ size }) => size <= READABLE)
    .sort((a, b) => b.size - a.size);
  return [prefer, ...PREFERRED].find((label) => sizes.some((one) => one.label === label)) ?? sizes[0]?.label;
}

function grouped(series: readonly Series[], label: string): Map<string, Series[]> {
  const groups = new Map<string, Series[]>();
  for (const one of series) {
    const value = one.labels[label] ?? '';
    groups.set(value, [...(groups.get(value) ?? []), one]);
  }
  return groups;
}

function line(series: Series, by: string[], title: string): Line {
  const { instance } = series.labels;
  const name = by.length > 0 ? by.map((label) => series.labels[label] ?? '–').join(' · ') : (instance ?? title);
  return { ...series, key: seriesKey(series.labels), name: name === '' ? '–' : name };
}

/** The largest first, over the whole window, so that one beat changes little. */
function bySize(series: readonly Series[]): Series[] {
  const size = ({ values }: Series) =>
    values.reduce((sum, value) => (Number.isFinite(value) ? sum + Math.abs(value) : sum), 0);
  return series
    .map((one) => ({ one, size: size(one) }))
    .sort((a, b) => b.size - a.size)
    .map(({ one }) => one);
}

function sorted(lines: Line[]): Line[] {
  return lines.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}
