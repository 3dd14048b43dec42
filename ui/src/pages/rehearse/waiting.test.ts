import { expect, it } from 'vitest';

import { en } from '../../messages/en';
import { units } from '../../model/units';
import type { Rehearsal } from '../../model/rehearsal';
import { show, type Timeline } from '../../model/timeline';
import { waiting } from './waiting';

const REHEARSAL: Rehearsal = {
  name: 'DiskFull', family: 'disk', severity: 'critical', metric: 'disk', labels: {}, threshold: 90, window: null,
  expr: 'disk > 90', for: '1m', condition: 'rising', value: 60, compared: 60, since: '2026-07-01T08:00:00Z', rise_seconds: 30,
};

function words(moments: Timeline['moments'], rehearsal: Partial<Rehearsal>, second: number, timeScale = 1): string {
  const timeline: Timeline = { name: 'DiskFull', labels: {}, asked: true, activeAt: undefined, lapsedAt: undefined, moments };
  const shown = { ...REHEARSAL, ...rehearsal };
  const now = show(timeline, shown.condition, second * 1000).find(({ is }) => is === 'now');
  if (!now) throw new Error('nothing is under way');
  return waiting({ rehearsal: shown, timeScale }, timeline, now, second * 1000, en.rehearse, units('en')).replaceAll('\u00a0', ' ');
}

it('tells how far the metric is from its limit, and when it will be there', () => {
  expect(words({ triggered: 0 }, {}, 10)).toMatch(/60 now, the threshold is 90\. About 20 s more\.$/);
  expect(words({ triggered: 'earlier' }, {}, 10)).toMatch(/60 now, the threshold is 90\.$/);
  expect(words({ triggered: 0 }, {}, 31)).toMatch(/90\.$/);
  expect(words({ triggered: 0 }, { rise_seconds: null }, 10)).toMatch(/90\.$/);
  expect(words({ triggered: 0 }, { value: 763, compared: 0.4 }, 31)).toMatch(/0\.4 now, the threshold is 90\.$/);
  expect(words({ triggered: 0 }, { window: '5m' }, 10)).toMatch(/the last 5 min, .* About 20 s more\.$/);
});

it('tells how often Prometheus looks, as fast as time runs', () => {
  expect(words({ triggered: 0, crossed: 5000 }, { condition: 'active' }, 6)).toContain('every 15 s');
  expect(words({ triggered: 0, crossed: 5000 }, { condition: 'active' }, 6, 1 / 15)).toContain('every 1 s');
});

it('tells how long the rule still wants it to hold', () => {
  const moments = { triggered: 0, crossed: 5000, pending: 7000 };
  expect(words(moments, { condition: 'active' }, 27)).toMatch(/must hold for 1 min .* About 40 s more/);
  expect(words(moments, { condition: 'active' }, 67)).toContain('Any moment');
});

it('tells whether the metric or Prometheus is waited for after a recovery', () => {
  const moments = { triggered: 0, crossed: 5000, pending: 7000, firing: 70_000, here: 70_000, recovered: 80_000 };
  expect(words(moments, { condition: 'recovering' }, 81)).toContain('on its way back');
  expect(words(moments, { condition: 'calm' }, 90)).toContain('back to normal');
});
