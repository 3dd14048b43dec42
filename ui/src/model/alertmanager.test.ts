import { expect, it } from 'vitest';

import { fingerprint, readHandlings } from './alertmanager';

// Alertmanager 0.25 gave these.
it('computes the fingerprint of Alertmanager', () => {
  expect(fingerprint({ severity: 'critical', device: 'sda', alertname: 'DiskFull' })).toBe('664bba8f75c49826');
  expect(fingerprint({ who: 'żółć 🦀', alertname: 'Quiet' })).toBe('9469c12c091d13c6');
  expect(fingerprint({})).toBe('cbf29ce484222325');
});

it('sorts names by their bytes', () => {
  const one = fingerprint({ b: '1', a_: '2', aZ: '3' });
  expect(fingerprint({ aZ: '3', a_: '2', b: '1' })).toBe(one);
});

it('reads the field, whatever it holds', () => {
  const said = readHandlings({
    a: { state: 'suppressed', silencedBy: ['1', 2, null], inhibitedBy: null, until: '2026-07-01T08:00:00Z' },
    b: 7,
  });
  expect(said.get('a')).toEqual({
    state: 'suppressed', silencedBy: ['1', '2'], inhibitedBy: [], mutedBy: [], until: '2026-07-01T08:00:00Z',
  });
  expect(said.get('b')?.state).toBe('');
  for (const nothing of [undefined, null, [], 'x', 1]) expect(readHandlings(nothing).size).toBe(0);
});
