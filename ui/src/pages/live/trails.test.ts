import { expect, test } from 'vitest';

import { NO_TRAIL } from '../../model/trail';
import { extendAll, isBuckets, meaningOf, mixed, recentBuckets } from './trails';

const frame = (second: number, data: Record<string, unknown>) => ({
  timestamp: new Date(second * 1000).toISOString(),
  seq: second,
  stale: false,
  data,
});
const answer = (metric: Record<string, string>, value: string) => ({
  resultType: 'vector',
  result: [{ metric, value: [0, value] }],
});

test('each query of a frame has its trail, whatever it is called', () => {
  const trails = extendAll(new Map(), frame(10, { up: answer({}, '1'), constructor: answer({}, '2'), flat: 3 }));
  expect([...trails].map(([query, { points }]) => [query, points[0]?.value])).toEqual([
    ['up', 1],
    ['constructor', 2],
    ['flat', 3],
  ]);
});

test('a counter has its rate when it was seen for long enough', () => {
  const requests = (value: string) => ({ requests: answer({ __name__: 'http_requests_total' }, value) });
  const first = extendAll(new Map(), frame(10, requests('100')));
  expect(first.get('requests')?.points).toEqual([]);
  expect(extendAll(first, frame(110, requests('600'))).get('requests')?.points).toEqual([{ time: 110, value: 5 }]);
});

test('a plain number is the sum of counters: when it falls, how fast it grows is not known', () => {
  const sums = [9000, 9100, 4000, 4200].map((value, beat) => frame(100 * (beat + 1), { http_requests_total: value }));
  const trail = sums.reduce(extendAll, new Map()).get('http_requests_total');
  expect(trail?.points.map(({ value }) => value)).toEqual([1, NaN, 2]);
});

test('so it is with what a query has added up', () => {
  const sums = [9000, 9100, 4000, 4200].map((value, beat) =>
    frame(100 * (beat + 1), { http_requests_total: answer({ job: 'a' }, String(value)) }),
  );
  const trail = sums.reduce(extendAll, new Map()).get('http_requests_total');
  expect(trail?.points.map(({ value }) => value)).toEqual([1, NaN, 2]);
});

test('percentages of a plain number are added up already, those of series are not', () => {
  expect(meaningOf('disk_usage_percent', 183.4)).toEqual({ quantity: 'percent', kind: 'amount' });
  expect(meaningOf('hit_ratio', 1.4)).toEqual({ quantity: 'ratio', kind: 'amount' });
  expect(meaningOf('memory_usage_bytes', 7)).toEqual({ quantity: 'bytes', kind: 'amount' });
  expect(meaningOf('disk', answer({ __name__: 'disk_usage_percent' }, '60'))).toEqual({ quantity: 'percent', kind: 'level' });
});

test('metrics of different units are counted, as they make no one number', () => {
  const of = (...metrics: string[]) => ({
    resultType: 'vector',
    result: metrics.map((metric) => ({ metric: { __name__: metric }, value: [0, '1'] })),
  });
  expect(mixed('mine', of('disk_usage_percent', 'memory_usage_bytes', 'heap_bytes'))).toBe(3);
  expect(mixed('mine', of('memory_usage_bytes', 'heap_bytes'))).toBe(0);
  expect(mixed('mine', 7)).toBe(0);
});

test('the counter of a series that falls was reset', () => {
  const requests = (value: string) => ({ requests: answer({ __name__: 'http_requests_total' }, value) });
  const trails = extendAll(extendAll(new Map(), frame(10, requests('9000'))), frame(110, requests('500')));
  expect(trails.get('requests')?.points).toEqual([{ time: 110, value: 5 }]);
});

test('a query that fails keeps its trail', () => {
  const before = extendAll(new Map(), frame(10, { up: answer({}, '1') }));
  const after = extendAll(before, frame(20, { up: { error: 'timeout', errorType: 'timeout' } }));
  expect(after.get('up')).toBe(before.get('up'));
  expect(after.get('up')?.points).toHaveLength(1);
});

test('a frame without a readable time changes nothing', () => {
  const before = extendAll(new Map(), frame(10, { up: answer({}, '1') }));
  expect(extendAll(before, { ...frame(20, { up: answer({}, '2') }), timestamp: '' })).toBe(before);
});

test('of a histogram, what fell into its buckets lately is known from the second frame on', () => {
  const [early, late] = [{ '0.1': 50, '1': 100 }, { '0.1': 51, '1': 104 }];
  const first = extendAll(new Map(), frame(10, { durations: early }));
  expect(recentBuckets(early, first.get('durations') ?? NO_TRAIL)).toBeUndefined();
  const second = extendAll(first, frame(20, { durations: late }));
  expect(recentBuckets(late, second.get('durations') ?? NO_TRAIL)).toEqual({ grown: { '0.1': 1, '1': 4 }, seconds: 10 });
});

test('a histogram one of whose series was reset is looked at anew from there on', () => {
  const counts = [{ '1': 100, '2': 200 }, { '1': 101, '2': 90 }, { '1': 102, '2': 93 }];
  const trails = counts.map((durations, beat) => frame(10 * beat, { durations })).reduce(extendAll, new Map());
  const trail = trails.get('durations') ?? NO_TRAIL;
  expect(recentBuckets({ '1': 102, '2': 93 }, trail)).toEqual({ grown: { '1': 1, '2': 3 }, seconds: 10 });
});

test('a histogram is distinguished from an answer of Prometheus', () => {
  expect(isBuckets({ '0.1': 50, '1': 100 })).toBe(true);
  expect(isBuckets({ '0.1': null, '1': 100 })).toBe(true);
  expect(isBuckets(answer({}, '1'))).toBe(false);
  expect(isBuckets(7)).toBe(false);
});
