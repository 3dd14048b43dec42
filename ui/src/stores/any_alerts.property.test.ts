import fc from 'fast-check';
import { expect, test } from 'vitest';

import { readAlerts } from '../model/alert';
import { anyAlerts, anySimulator } from '../model/any_answer';
import { readChanged, readRehearsals, readScenarios } from '../model/rehearsal';
import { show } from '../model/timeline';
import { book, onAlerts, timelines, onRehearsals, triggered } from './alerts';

test('whatever comes of alerts and rehearsals is taken', () => {
  fc.assert(
    fc.property(anyAlerts, anySimulator.rehearsals, anySimulator.changed, (data, answer, changed) => {
      const rehearsals = readRehearsals(answer)?.data ?? [];
      onRehearsals(rehearsals);
      const one = readChanged(changed);
      if (one) triggered(one, Date.now());
      onAlerts({ data, stale: false, timestamp: '2026-07-01T08:00:00Z' }, Date.now());
      for (const { alert } of book.get()?.entries ?? []) {
        const texts = [...Object.values(alert.labels), ...Object.values(alert.annotations), alert.activeAt, alert.value];
        expect(texts.every((text) => typeof text === 'string')).toBe(true);
      }
      for (const timeline of timelines.get().values()) expect(show(timeline, 'active', Date.now())).toHaveLength(7);
    }),
  );
});

test('an alert of any shape has labels that are texts', () => {
  fc.assert(
    fc.property(anyAlerts, (data) => {
      for (const { labels } of readAlerts(data)) expect(Object.values(labels).every((one) => typeof one === 'string')).toBe(true);
    }),
  );
});

test('scenarios of any shape have names', () => {
  fc.assert(
    fc.property(anySimulator.scenarios, (answer) => {
      for (const { name, title, expect: alerts } of readScenarios(answer) ?? []) {
        expect([name, title, ...alerts].every((text) => typeof text === 'string')).toBe(true);
      }
    }),
  );
});
