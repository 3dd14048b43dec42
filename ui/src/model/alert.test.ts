import { expect, test } from 'vitest';

import { readAlerts } from './alert';
import { fingerprint, readHandlings } from './alertmanager';

const FULL = {
  labels: { alertname: 'DiskFull', device: 'sda' },
  annotations: { summary: 'Full' },
  state: 'firing',
  activeAt: '2026-07-01T08:00:00Z',
  value: '9e+01',
};

test('an alert is read as it is', () => {
  expect(readAlerts({ alerts: [FULL] })).toEqual([FULL]);
});

test('what an alert lacks is empty, and what is no text there becomes one', () => {
  const odd = { labels: null, annotations: { runbook: null, tries: 3 }, state: 'pending', value: 90 };
  expect(readAlerts({ alerts: [odd] })).toEqual([
    { labels: {}, annotations: { runbook: '', tries: '3' }, state: 'pending', activeAt: '', value: '90' },
  ]);
});

test('what is no active alert is left out', () => {
  expect(readAlerts({ alerts: [null, 7, 'alert', [], { ...FULL, state: 'inactive' }, FULL] })).toEqual([FULL]);
});

test.each([undefined, null, [], { alerts: null }, { error: 'timeout', errorType: 'timeout' }])(
  'of %j there are no alerts',
  (data) => {
    expect(readAlerts(data)).toEqual([]);
  },
);

test('knows by what Alertmanager keeps an alert quiet', () => {
  const [full, almost] = [{ alertname: 'DiskFull', device: 'sda' }, { alertname: 'DiskAlmostFull', device: 'sda' }];
  const data = { alerts: [full, almost].map((labels) => ({ labels, state: 'firing' })) };
  const handlings = readHandlings({
    [fingerprint(full)]: { state: 'active', silencedBy: [], inhibitedBy: [], until: null },
    [fingerprint(almost)]: {
      state: 'suppressed', silencedBy: ['s'], inhibitedBy: [fingerprint(full), 'f'], until: '2026-07-01T08:00:00Z',
    },
  });
  const suppressed = { silences: ['s'], inhibitors: ['DiskFull', 'f'], intervals: [], until: '2026-07-01T08:00:00Z' };
  expect(readAlerts(data, handlings).map((alert) => alert.suppressed)).toEqual([undefined, suppressed]);
});
