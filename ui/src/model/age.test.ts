import { expect, test } from 'vitest';

import { ago } from './age';

const NOW = Date.parse('2026-02-10T12:00:00Z');

test.each([
  ['2026-02-10T11:59:30Z', '30 seconds ago'],
  ['2026-02-10T11:59:00Z', '1 minute ago'],
  ['2026-02-10T09:00:01Z', '2 hours ago'],
  ['2026-02-08T13:00:00Z', '1 day ago'],
  ['2025-11-10T12:00:00Z', '3 months ago'],
])('%s is %s', (moment, text) => {
  expect(ago('en', moment, NOW)).toBe(text);
});

test('a moment that a fast clock puts into the future is now', () => {
  expect(ago('en', NOW + 5000, NOW)).toBe('now');
});

test('it is said in the language of the page', () => {
  expect(ago('fr', '2026-02-07T12:00:00Z', NOW)).toBe('il y a 3 jours');
});
