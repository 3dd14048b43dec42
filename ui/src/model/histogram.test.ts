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

test('a bucket that was read before its neighbour holds nothing, not less, and takes nothing from the next', () => {
  expect(bars({ '1': 10, '2': 9, '3': 11 })).toEqual([
    { bound: 1, count: 10 },
    { bound: 2, count: 0 },
    { bound: 3, count: 1 },
  ]);
});

test('bounds that are no numbers are passed over, infinity is the last', () => {
  expect(bars({ '+Inf': 20, nonsense: 3, '1': 10 })).toEqual([
    { bound: 1, count: 10 },
    { bound: Infinity, count: 10 },
  ]);
});

test('a quantile lies linearly within its bucket', () => {
  expect(quantile(0.5, BUCKETS)).toBeCloseTo(0.15);
  expect(quantile(0.95, BUCKETS)).toBeCloseTo(0.455);
  expect(quantile(1, BUCKETS)).toBe(0.5);
});

test('in the first bucket it lies between zero and its bound, unless that is no more than zero', () => {
  expect(quantile(0.1, { '0.1': 100 })).toBeCloseTo(0.01);
  expect(quantile(0.1, { '-1': 50, '1': 100 })).toBe(-1);
  expect(quantile(0.75, { '-1': 50, '1': 100 })).toBe(0);
});

test('what lies above the greatest bound counts, and a quantile there is that bound', () => {
  const buckets = { '0.1': 50, '1': 60, '+Inf': 100 };
  expect(quantile(0.5, buckets)).toBeCloseTo(0.1);
  expect(quantile(0.55, buckets)).toBeCloseTo(0.55);
  expect(quantile(0.9, buckets)).toBe(1);
  expect(quantile(0.9, { '+Inf': 100 })).toBeNaN();
});

test('counts that fall are raised to the greatest before them', () => {
  expect(quantile(0.5, { '1': 100, '2': 80, '3': 90, '4': 200 })).toBe(1);
  expect(quantile(0.75, { '1': 100, '2': 80, '3': 90, '4': 200 })).toBe(3.5);
});

test('without observations there is no quantile', () => {
  expect(quantile(0.5, {})).toBeNaN();
  expect(quantile(0.5, { '0.1': 0, '1': 0 })).toBeNaN();
});
