import { beforeEach, expect, it, vi } from 'vitest';

import type { Alert } from '../model/alert';
import type { Condition, Rehearsal } from '../model/rehearsal';

const T = Date.parse('2026-07-01T08:00:00Z');

// The stores live as long as the page: each test opens another one.
let page: typeof import('./alerts');
beforeEach(async () => {
  vi.resetModules();
  page = await import('./alerts');
});

function rehearsal(name: string, condition: Condition): Rehearsal {
  return {
    name, family: 'disk', severity: 'critical', metric: 'disk', labels: {}, threshold: 90, window: null,
    expr: 'disk > 90', for: '1m', condition, value: 45, compared: 45, since: '2026-07-01T08:00:00Z', rise_seconds: null,
  };
}

function frame(alerts: Alert[], stale = false) {
  return { timestamp: '2026-07-01T08:01:00Z', seq: 1, stale, data: { alerts } };
}

const FIRING: Alert = {
  labels: { alertname: 'DiskFull' }, annotations: {}, state: 'firing', activeAt: '2026-07-01T08:00:10Z', value: '9e+01',
};

it('sees an alert come here whichever page is shown', () => {
  page.onAlerts(frame([]), T);
  page.triggered(rehearsal('DiskFull', 'calm'), T);
  page.onAlerts(frame([FIRING]), T + 60_010);
  expect(page.timelines.get().get('DiskFull')?.moments).toEqual({
    triggered: T, pending: T + 10_000, firing: T + 60_000, here: T + 60_010,
  });
});

it('takes what the first frame brings for older than the page', () => {
  page.onRehearsals([rehearsal('DiskFull', 'active')]);
  page.onAlerts(frame([FIRING]), T + 60_010);
  expect(page.timelines.get().get('DiskFull')?.moments).toMatchObject({ firing: 'earlier', here: 'earlier' });
});

it('takes a stale frame, or a fault, for no news', () => {
  page.onAlerts(frame([FIRING]), T);
  page.onRehearsals([rehearsal('DiskFull', 'recovering')]);
  const before = [page.book.get(), page.timelines.get()];
  page.onAlerts(frame([], true), T + 1000);
  page.onAlerts({ ...frame([]), data: { error: 'timed out', errorType: 'timeout' } }, T + 2000);
  page.onAlerts({ ...frame([]), data: null }, T + 3000);
  expect([page.book.get(), page.timelines.get()]).toEqual(before);
  page.onAlerts(frame([]), T + 4000);
  expect(page.book.get()?.gone).toHaveLength(1);
  expect(page.timelines.get().get('DiskFull')?.moments.resolved).toBe(T + 4000);
});

it('begins a timeline for what is driven, and none for what is calm', () => {
  page.onRehearsals([rehearsal('DiskFull', 'rising'), rehearsal('DiskReadError', 'calm')]);
  expect([...page.timelines.get().keys()]).toEqual(['DiskFull']);
});

it('tells nobody when nothing is new', () => {
  const onAlerts = vi.fn();
  page.onRehearsals([rehearsal('DiskFull', 'rising')]);
  page.timelines.listen(onAlerts);
  page.onRehearsals([rehearsal('DiskFull', 'rising')]);
  expect(onAlerts).not.toHaveBeenCalled();
  page.forget(['DiskFull']);
  expect(onAlerts).toHaveBeenCalledTimes(1);
  expect(page.timelines.get().size).toBe(0);
});

it('knows how far the clocks are apart by the youngest of the last frames', () => {
  const at = (seconds: number) => ({ ...frame([]), timestamp: new Date(T + seconds * 1000).toISOString() });
  // Of the beat before the page was opened, 45 seconds ago.
  page.onAlerts(at(0), T + 45_000);
  expect(page.skew.get()).toBe(0);
  // This one was long on its way.
  page.onAlerts(at(60), T + 60_300);
  page.onAlerts(at(70), T + 79_000);
  expect(page.skew.get()).toBe(0);
  for (let beat = 1; beat <= 6; beat += 1) page.onAlerts(at(120 + beat * 10), T + beat * 10_000);
  expect(page.skew.get()).toBe(120_000);
});
