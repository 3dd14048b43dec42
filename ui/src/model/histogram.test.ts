import { expect, test } from 'vitest';

import { bars, quantile } from './histogram';

const BUCKETS = { '0.1': 50, '0.2': 100, '0.5': 150, '1': 150 };

test('each bucket has what it alone holds, in the order of the bounds, not of the keys', () => {
  expect(bars({ '1': 150, '10': 160, '0.5': 150, '0.1': 50, '0.2': 100 })).toEqual([
    { bound: 0.1, count: 50 },
    { bound: 0.2, count: 50 },
    { bound: 0.5, count: 50 },
    { bound: 1, count: 0 },
    { bound: 10, count: 10 },
  ]);
});

test('a bucket that was read before its neighbour holds nothing, not less', () => {
  expect(bars({ '1': 10, '2': 9 })).toEqual([
    { bound: 1, count: 10 },
    { bound: 2, count: 0 },
  ]);
});

test('bounds that are no numbers are passed over, infinity too', () => {
  expect(bars({ '+Inf': 20, nonsense: 3, '1': 10 })).toEqual([{ bound: 1, count: 10 }]);
});

test('a quantile lies linearly within its bucket', () => {
  expect(quantile(0.5, BUCKETS)).toBeCloseTo(0.15);
  expect(quantile(0.95, BUCKETS)).toBeCloseTo(0.455);
  expect(quantile(1, BUCKETS)).toBe(0.5);
});

test('in the first bucket it lies between zero and its bound', () => {
  expect(quantile(0.1, { '0.1': 100 })).toBeCloseTo(0.01);
});

test('without observations there is no quantile', () => {
  expect(quantile(0.5, {})).toBeUndefined();
  expect(quantile(0.5, { '0.1': 0, '1': 0 })).toBeUndefined();
});
