import { expect, test } from 'vitest';

import { summary } from './summary';

test('gaps count for nothing', () => {
  expect(summary([null, 3, -1, null, 2, null])).toEqual({ least: -1, greatest: 3, last: 2 });
});

test('of nothing, nothing is known', () => {
  expect(summary([null])).toEqual({ least: undefined, greatest: undefined, last: undefined });
});
