import { expect, test } from 'vitest';

import { units } from './units';

const NOW = Date.parse('2026-02-10T12:00:00Z');

test.each([
  ['2026-02-10T11:59:30Z', '30 seconds ago'],
  ['2026-02-10T11:59:00Z', '1 minute ago'],
  ['2026-02-10T09:00:01Z', '2 hours ago'],
  ['2026-02-09T12:00:00Z', 'yesterday'],
  ['2025-11-10T12:00:00Z', '3 months ago'],
])('%s is %s', (moment, text) => {
  expect(units('en').ago(moment, NOW)).toBe(text);
});

test('a moment that a fast clock puts into the future is now', () => {
  expect(units('en').ago(NOW + 5000, NOW)).toBe('now');
});

test('French counts days in j', () => {
  expect(units('fr').duration(90_000)).toBe('1 j 1 h');
  expect(units('fr').ago('2026-02-07T12:00:00Z', NOW)).toBe('il y a 3 jours');
});
