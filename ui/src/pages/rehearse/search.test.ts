import { expect, test } from 'vitest';

import { readChanged } from '../../model/rehearsal';
import { isFound } from './search';

test.each([
  ['', true],
  ['disk', true],
  ['FULL critical', true],
  ['stockage', true],
  ['sda', true],
  ['disk warning', false],
  ['memory', false],
])('%j: %s', (search, found) => {
  const labels = { device: 'sda' };
  const one = readChanged({ data: { name: 'DiskFull', severity: 'critical', metric: 'm', expr: 'm > 90', family: 'disk', labels } });
  expect(one && isFound(one, 'Stockage', search)).toBe(found);
});
