import { expect, test } from 'vitest';

import { backoff } from './backoff';

test('it waits twice as long after each failure, up to half a minute', () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 8, 1000].map((failures) => backoff(failures, () => 1));
  expect(longest).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

test('it waits at least half of that, so that it never hammers', () => {
  expect(backoff(1, () => 0)).toBe(250);
  expect(backoff(100, () => 0)).toBe(15_000);
});

test('two browsers that lost the gateway together do not come back together', () => {
  expect(backoff(5, () => 0.2)).not.toBe(backoff(5, () => 0.7));
});
