import { expect, test } from 'vitest';

import { growth, KNOWN_FROM_S, rate, steadyRate } from './rate';

const series = (times: number[], values: number[]) => ({ labels: { __name__: 'requests_total' }, times, values });

test('a counter grows by so much per second', () => {
  expect(rate(series([0, 60, 120], [100, 160, 400]))).toEqual(series([0, 60, 120], [NaN, 1, 4]));
});

test('a counter that was reset has grown from zero, it has not fallen', () => {
  expect(rate(series([0, 10, 20, 30], [1000, 1010, 5, 25])).values).toEqual([NaN, 1, 0.5, 2]);
});

test('where a sum of counters falls, how fast it grows is not known: one was reset, the others were not', () => {
  const sum = { labels: { job: 'a' }, times: [0, 10, 20, 30], values: [1000, 1010, 905, 925] };
  expect(rate(sum).values).toEqual([NaN, 1, NaN, 2]);
});

test('beside a point without a number there is no rate, and after it there is one again', () => {
  expect(rate(series([0, 10, 20, 30], [0, NaN, 20, 30])).values).toEqual([NaN, NaN, NaN, 1]);
});

test('there is no rate from or to infinity', () => {
  expect(growth(Infinity, Infinity)).toBeNaN();
  expect(growth(1, Infinity)).toBeNaN();
  expect(growth(Infinity, 1)).toBeNaN();
  expect(growth(-Infinity, 1)).toBeNaN();
});

test('over a gap it is the mean', () => {
  expect(rate(series([0, 60, 600], [0, 60, 600])).values).toEqual([NaN, 1, 1]);
});

test('two points at one time have no rate', () => {
  expect(rate(series([10, 10], [1, 2])).values).toEqual([NaN, NaN]);
});

test('one point, or none, has no rate', () => {
  expect(rate(series([10], [1])).values).toEqual([NaN]);
  expect(rate(series([], [])).values).toEqual([]);
});

/** What a page sees of a counter that grows by two per second, as Prometheus scrapes it. */
function looks(beat: number, scrape: number, phase: number, seconds: number) {
  const times = Array.from({ length: Math.floor(seconds / beat) + 1 }, (_, index) => 1000 + index * beat);
  return times.map((time) => ({ time, value: 2 * (Math.floor((time - phase) / scrape) * scrape) }));
}

test('just after loading, a counter is not taken to grow by what one scrape has brought', () => {
  expect(steadyRate([{ time: 0, value: 0 }, { time: 10, value: 346 }])).toBeUndefined();
});

test('whenever Prometheus scrapes, a rate that is known is not a third off', () => {
  // All cases: a few of many thousand are the worst.
  for (let beat = 1; beat <= 12; beat += 1) {
    for (let scrape = 1; scrape <= 15; scrape += 1) {
      for (let phase = 0; phase < scrape; phase += 1) {
        for (let seconds = 1; seconds <= 60; seconds += 1) {
          const found = steadyRate(looks(beat, scrape, phase, seconds));
          const holds = found === undefined ? seconds < KNOWN_FROM_S + beat : Math.abs(found - 2) / 2 < 1 / 3;
          if (!holds) expect.fail(`${found} for ${JSON.stringify({ beat, scrape, phase, seconds })}`);
        }
      }
    }
  }
});

test('with beats of ten seconds and scrapes of fifteen, it is close', () => {
  for (let phase = 0; phase < 15; phase += 1) {
    expect(Math.abs((steadyRate(looks(10, 15, phase, 60)) ?? NaN) - 2)).toBeLessThanOrEqual(0.25);
  }
});

test('what has stopped growing shows the mean of all that was seen', () => {
  const seen = [0, 10, 20, 20, 20, 20, 20].map((value, index) => ({ time: 10 * index, value }));
  expect(steadyRate(seen)).toBe(20 / 60);
  expect(steadyRate(seen.map(({ time }) => ({ time, value: 7 })))).toBe(0);
});
