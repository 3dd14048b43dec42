import { expect, test } from 'vitest';

import { align, stepOf } from './align';

const series = (times: number[], values: number[]) => ({ labels: {}, times, values });

test('series that do not cover the same times stand side by side', () => {
  expect(align([series([10, 20], [1, 2]), series([20, 30], [3, 4])], 10)).toEqual({
    times: [10, 20, 30],
    values: [
      [1, 2, null],
      [null, 3, 4],
    ],
  });
});

test('a gap of all series gets an empty row, so that no line bridges it', () => {
  expect(align([series([10, 20, 100, 110], [1, 2, 3, 4])], 10)).toEqual({
    times: [10, 20, 30, 100, 110],
    values: [[1, 2, null, 3, 4]],
  });
});

test('a point that is a little late is no gap', () => {
  expect(align([series([10, 24, 34], [1, 2, 3])], 10).times).toEqual([10, 24, 34]);
});

test('NaN and infinities are drawn as gaps', () => {
  expect(align([series([10, 20, 30, 40], [1, NaN, Infinity, -Infinity])], 10).values).toEqual([[1, null, null, null]]);
});

test('nothing is aligned to nothing', () => {
  expect(align([], 10)).toEqual({ times: [], values: [] });
  expect(align([series([], [])], Infinity)).toEqual({ times: [], values: [[]] });
});

test('the step is the distance of the closest neighbours, of any series', () => {
  expect(stepOf([series([0, 60, 300], [1, 1, 1]), series([600, 660], [1, 1])])).toBe(60);
});

test('of one point the step is not known, and it leaves no gap', () => {
  expect(stepOf([series([60], [1])])).toBe(Infinity);
  expect(align([series([60], [1])], Infinity)).toEqual({ times: [60], values: [[1]] });
});

test('a thousand series of a day are aligned without running out of stack', () => {
  const times = Array.from({ length: 288 }, (_, index) => index * 300);
  const one = series(times, times);
  expect(align(Array.from({ length: 1000 }, () => one), stepOf([one])).values).toHaveLength(1000);
});
