import { expect, test } from 'vitest';

import { readOut, summary } from './summary';

test('gaps count for nothing', () => {
  expect(summary([null, 3, -1, null, 2, null])).toEqual({ least: -1, greatest: 3, last: 2 });
});

test('of nothing, nothing is known', () => {
  expect(summary([null])).toEqual({ least: undefined, greatest: undefined, last: undefined });
});

test('a moment is read out with its values', () => {
  expect(readOut('14:05', ['api 3/s', 'auth 1/s'], String)).toBe('14:05, api 3/s, auth 1/s');
});

test('of many lines the first eight are read out, and how many there are beside', () => {
  const values = Array.from({ length: 50 }, (_, index) => `v${index}`);
  expect(readOut('14:05', values, (count) => `and ${count} more`)).toMatch(/^14:05, v0, .*, v7, and 42 more$/);
});
