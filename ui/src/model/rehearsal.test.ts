import { expect, it } from 'vitest';

import type { Alert } from './alert';
import { amended, firingElsewhere, secondsToFire, setOff, type Rehearsal } from './rehearsal';

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

it('finds what fires for other series, which its own condition says nothing of', () => {
  const alert = (state: Alert['state'], labels: Record<string, string>): Alert => ({
    labels: { alertname: 'DiskFull', ...labels }, annotations: {}, state, activeAt: '2026-07-01T08:00:00Z', value: '9e+01',
  });
  const rehearsal = { name: 'DiskFull', labels: { device: 'sdb' } };
  const other = alert('firing', { device: 'sda' });
  const alerts = [other, alert('firing', { device: 'sdb' }), alert('firing', {}), alert('pending', { device: 'sdc' })];
  expect(firingElsewhere(rehearsal, alerts)).toEqual([other]);
  expect(firingElsewhere({ ...rehearsal, name: 'DiskSlow' }, alerts)).toEqual([]);
});

it('tells how long after a trigger an alert fires, and nothing where theory cannot', () => {
  expect(secondsToFire({ rise_seconds: 304.6, for: '1m' })).toBe(365);
  expect(secondsToFire({ rise_seconds: null, for: '1m' })).toBeUndefined();
});

it('takes the answer to a change for the latest, unless something later is known', () => {
  const rehearsal = (condition: Rehearsal['condition'], second: number): Rehearsal => ({
    name: 'DiskFull', family: 'disk', severity: 'critical', metric: 'disk', labels: {}, threshold: 90, window: null,
    expr: 'disk > 90', for: '1m', condition, value: 45, compared: 45, since: `2026-07-01T08:00:0${second}Z`, rise_seconds: null,
  });
  const [calm, rising, active] = [rehearsal('calm', 1), rehearsal('rising', 2), rehearsal('active', 3)];
  const other = { ...calm, name: 'DiskReadError' };
  expect(amended({ time_scale: 1, data: [calm, other] }, rising).data).toEqual([rising, other]);
  expect(amended({ time_scale: 1, data: [active, other] }, rising).data).toEqual([active, other]);
});
