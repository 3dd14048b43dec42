import { expect, test } from 'vitest';

import { growth, rate } from './rate';

const series = (times: number[], values: number[]) => ({ labels: { __name__: 'requests_total' }, times, values });

test('a counter grows by so much per second', () => {
  expect(rate(series([0, 60, 120], [100, 160, 400]))).toEqual(series([0, 60, 120], [NaN, 1, 4]));
});

test('a counter that was reset has grown from zero, it has not fallen', () => {
  expect(rate(series([0, 10, 20, 30], [1000, 1010, 5, 25])).values).toEqual([NaN, 1, 0.5, 2]);
});

test('where a sum of counters falls, how fast it grows is not known: one was reset, the others were not', () => {
  const sum = { labels: { job: 'a' }, times: [0, 10, 20, 30], values: [1000, 1010, 905, 925] };
  expect(rate(sum).values).toEqual([NaN, 1, NaN, 2]);
});

test('beside a point without a number there is no rate, and after it there is one again', () => {
  expect(rate(series([0, 10, 20, 30], [0, NaN, 20, 30])).values).toEqual([NaN, NaN, NaN, 1]);
});

test('there is no rate from or to infinity', () => {
  expect(growth(Infinity, Infinity)).toBeNaN();
  expect(growth(1, Infinity)).toBeNaN();
  expect(growth(Infinity, 1)).toBeNaN();
  expect(growth(-Infinity, 1)).toBeNaN();
});

test('over a gap it is the mean', () => {
  expect(rate(series([0, 60, 600], [0, 60, 600])).values).toEqual([NaN, 1, 1]);
});

test('two points at one time have no rate', () => {
  expect(rate(series([10, 10], [1, 2])).values).toEqual([NaN, NaN]);
});

test('one point, or none, has no rate', () => {
  expect(rate(series([10], [1])).values).toEqual([NaN]);
  expect(rate(series([], [])).values).toEqual([]);
});
