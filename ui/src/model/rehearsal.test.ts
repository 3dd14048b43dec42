import { expect, it } from 'vitest';

import type { Alert } from './alert';
import { amended, secondsToCross, setOff, type Rehearsal } from './rehearsal';

it('finds the alert of the series that is driven, not that of another one', () => {
  const alert = (state: Alert['state'], labels: Record<string, string>): Alert => ({
    labels: { alertname: 'DiskAlmostFull', ...labels }, annotations: {}, state, activeAt: '2026-07-01T08:00:00Z', value: '9e+01',
  });
  const rehearsal = { name: 'DiskAlmostFull', labels: { device: 'sdb', mountpoint: '/data' } };
  const other = alert('firing', { device: 'sda', mountpoint: '/data' });
  const own = alert('pending', { device: 'sdb', mountpoint: '/data' });
  const withoutLabels = alert('firing', {});
  expect(setOff(rehearsal, [other])).toBeUndefined();
  expect(setOff(rehearsal, [other, own])).toBe(own);
  expect(setOff(rehearsal, [own, withoutLabels])).toBe(withoutLabels);
  expect(setOff({ ...rehearsal, name: 'DiskFull' }, [own])).toBeUndefined();
});

it('tells when an even rise or fall crosses the threshold, and nothing where it cannot', () => {
  const told = { value: 50, threshold: 90, window: null };
  expect(secondsToCross(told, 40, 10)).toBeCloseTo(40);
  expect(secondsToCross({ ...told, threshold: 10 }, 90, 20)).toBeCloseTo(20);
  expect(secondsToCross({ ...told, window: '5m' }, 40, 10)).toBeUndefined();
  expect(secondsToCross({ ...told, value: 40 }, 40, 10)).toBeUndefined();
  expect(secondsToCross({ ...told, value: 95 }, 40, 10)).toBeUndefined();
});

it('takes the answer to a change for the latest, unless something later is known', () => {
  const rehearsal = (condition: Rehearsal['condition'], second: number): Rehearsal => ({
    name: 'DiskFull', family: 'disk', severity: 'critical', metric: 'disk', labels: {}, threshold: 90, window: null,
    expr: 'disk > 90', for: '1m', condition, value: 45, since: `2026-07-01T08:00:0${second}Z`,
  });
  const [calm, rising, active] = [rehearsal('calm', 1), rehearsal('rising', 2), rehearsal('active', 3)];
  const other = { ...calm, name: 'DiskReadError' };
  expect(amended({ time_scale: 1, data: [calm, other] }, rising).data).toEqual([rising, other]);
  expect(amended({ time_scale: 1, data: [active, other] }, rising).data).toEqual([active, other]);
});
