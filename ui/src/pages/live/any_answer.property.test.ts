import fc from 'fast-check';
import { expect, test } from 'vitest';

import { lines } from '../../charts/lines';
import { valueRange } from '../../charts/axis';
import { sparkPath } from '../../charts/spark';
import { summary } from '../../charts/summary';
import { align, stepOf } from '../../model/align';
import { anyAnswers } from '../../model/any_answer';
import { bars, quantile } from '../../model/histogram';
import type { Series } from '../../model/query';
import { NO_TRAIL } from '../../model/trail';
import { chartPlans, drawn } from './charts';
import { outlast } from './lastGoodAnswers';
import { answerSamples, extendAll, isBuckets, left, meaningOf, recentBuckets } from './trails';

const OPTIONS = { title: 'Query', rest: (count: number) => String(count) };

test('charts and tiles are made of whatever frames come', () => {
  fc.assert(
    fc.property(fc.array(anyAnswers, { maxLength: 4 }), (frames) => {
      let [lasting, trails] = [outlast(new Map(), null), extendAll(new Map(), { timestamp: '', data: null })];
      frames.forEach((data, beat) => {
        lasting = outlast(lasting, data);
        trails = extendAll(trails, { timestamp: new Date(1.77e12 + beat * 10_000).toISOString(), data });
      });
      for (const { base, windows } of chartPlans([...lasting.keys()])) {
        for (const { query } of windows) chartOf(base, lasting.get(query)?.answer);
      }
      for (const [query, { answer }] of lasting) {
        const trail = trails.get(query) ?? NO_TRAIL;
        expect(sparkPath(trail.points, 120, 32)).not.toMatch(/NaN|Infinity/);
        if (isBuckets(answer)) {
          const { grown } = recentBuckets(answer, trail) ?? { grown: answer };
          expect(bars(grown).every(({ count }) => Number.isFinite(count))).toBe(true);
          expect(quantile(0.5, grown)).toBeTypeOf('number');
        } else {
          meaningOf(query, answer);
          for (const { labels } of answerSamples(answer)) expect(Object.values(labels).every((one) => typeof one === 'string')).toBe(true);
          left(answer);
        }
      }
    }),
  );
});

function chartOf(base: string, answer: unknown): void {
  for (const { series } of drawn(base, answer)) chartOfSeries(series);
}

function chartOfSeries(series: Series[]): void {
  for (const additive of [true, false]) {
    const { lines: made } = lines(series, { additive, prefer: undefined, ...OPTIONS });
    for (const { key, name } of made) for (const text of [key, name]) expect(text).toBeTypeOf('string');
    const { times, values } = align(made, stepOf(series));
    expect(times.every((time, index) => time > (times[index - 1] ?? -Infinity))).toBe(true);
    for (const column of values) {
      const { least, greatest } = summary(column);
      const [from, to] = valueRange(least ?? null, greatest ?? null);
      expect(from).toBeLessThan(to);
      expect(Number.isFinite(to - from)).toBe(true);
    }
  }
}
