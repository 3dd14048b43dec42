import fc from 'fast-check';
import { expect, test } from 'vitest';

import { anyAnswer } from './any_answer';
import { isObject } from './json';
import { matrix, samples, sum, largest, seriesKey, undrawn } from './query';

/** Whether somebody who counts would find entries in it. */
function entries(answer: unknown, type: string): unknown[] {
  return isObject(answer) && answer.resultType === type && Array.isArray(answer.result) ? answer.result : [];
}

test('of whatever answer, each series is drawn or counted', () => {
  const isEmpty = (one: unknown) => isObject(one) && Array.isArray(one.values) && one.values.length === 0;
  fc.assert(
    fc.property(anyAnswer, (answer) => {
      for (const [by, type, drawn] of [
        ['samples', 'vector', samples(answer).length],
        ['matrix', 'matrix', matrix(answer).length],
      ] as const) {
        const counted = undrawn(answer, by).reduce((all, one) => all + (one.is === 'type' ? 0 : one.series), 0);
        const some = entries(answer, type).filter((one) => by === 'samples' || !isEmpty(one)).length;
        expect(drawn + counted).toBeGreaterThanOrEqual(some);
        if (drawn === 0 && some === 0 && isObject(answer) && answer.resultType === 'streams') {
          expect(undrawn(answer, by)).toEqual([{ is: 'type', type: 'streams' }]);
        }
      }
    }),
  );
});

test('whatever comes, series have texts for labels, and as many values as times, which ascend', () => {
  fc.assert(
    fc.property(anyAnswer, (answer) => {
      for (const { labels, times, values } of matrix(answer)) {
        expect(Object.values(labels).every((label) => typeof label === 'string')).toBe(true);
        expect(values.length).toBe(times.length);
        expect(times.every((time, index) => time > (times[index - 1] ?? -Infinity))).toBe(true);
        expect(times.every((time) => !Number.isNaN(new Date(time * 1000).getTime()))).toBe(true);
        expect(values.every((value) => typeof value === 'number')).toBe(true);
        seriesKey(labels);
      }
      const all = samples(answer);
      for (const total of [sum(all), largest(all)]) expect(total).not.toBeNull();
    }),
  );
});
