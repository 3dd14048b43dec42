import { expect, test } from 'vitest';

import { en } from './en';
import { fr } from './fr';

test('one is singular, and in French so is everything below two', () => {
  expect([0, 1, 2].map(en.alerts.count)).toEqual(['0\u00a0alerts', '1\u00a0alert', '2\u00a0alerts']);
  expect([0, 1, 2].map(fr.alerts.count)).toEqual(['0\u00a0alerte', '1\u00a0alerte', '2\u00a0alertes']);
  expect(fr.chart.more(1)).toBe('et 1\u00a0autre');
});

test('what is read as one is singular, and a fraction is as its language has it', () => {
  expect([1, 1.001, 0.5].map((count) => en.live.cores(count, 'n'))).toEqual([
    'n\u00a0core', 'n\u00a0core', 'n\u00a0cores',
  ]);
  expect([1.9, 2].map((count) => fr.live.cores(count, 'n'))).toEqual(['n\u00a0cœur', 'n\u00a0cœurs']);
});

test('large counts are grouped', () => {
  expect(en.live.rest(1234)).toBe('1,234\u00a0others');
  expect(fr.live.rest(1234)).toBe('1\u202f234\u00a0autres');
  expect(en.alerts.shown(9000, 10_000)).toBe('9,000 of 10,000 shown');
  expect(fr.alerts.shown(9000, 10_000)).toBe('9\u202f000\u00a0affichées sur 10\u202f000');
  expect(en.alerts.begun('A', 1234)).toContain('and 1,234 more');
});
