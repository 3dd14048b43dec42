import { expect, test } from 'vitest';

import { sparkPath } from './spark';

const points = (...values: number[]) => values.map((value, index) => ({ time: index * 10, value }));

test('it goes from edge to edge, the lowest below and the greatest above', () => {
  expect(sparkPath(points(0, 10, 5), 100, 20)).toBe('M0.0 18.0L50.0 2.0L100.0 10.0');
});

test('a value that stands is a line in the middle', () => {
  expect(sparkPath(points(7, 7), 100, 20)).toBe('M0.0 10.0L100.0 10.0');
});

test('it is interrupted where nobody looked', () => {
  const late = [...points(1, 2, 3), { time: 500, value: 4 }, { time: 510, value: 5 }];
  expect(sparkPath(late, 100, 20).match(/M/g)).toHaveLength(2);
});

test('it is interrupted where a value is no number', () => {
  expect(sparkPath(points(1, 2, NaN, 1, 2), 100, 20)).toBe('M0.0 18.0L25.0 2.0M75.0 18.0L100.0 2.0');
});

test('one point, or none, is no line; neither is what is no number', () => {
  expect(sparkPath([], 100, 20)).toBe('');
  expect(sparkPath(points(1), 100, 20)).toBe('');
  expect(sparkPath(points(NaN, Infinity, 1), 100, 20)).toBe('');
});
