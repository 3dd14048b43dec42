import { expect, test } from 'vitest';

import type { Sample } from './query';
import { extend, isRateKnown, NO_TRAIL, type Kind, type Trail } from './trail';

function samples(...values: number[]): Sample[] {
  return values.map((value, index) => ({ labels: { i: String(index) }, value }));
}

/** Beats ten seconds apart. */
function walk(kind: Kind | 'sums', beats: Sample[][], every = 10): Trail {
  return beats.reduce((trail, beat, index) => extend(trail, index * every, beat, kind), NO_TRAIL);
}

const lastOf = ({ points }: Trail) => points.at(-1)?.value;

test('amounts are added up, of levels the highest counts', () => {
  expect(lastOf(walk('amount', [samples(1, 2, 3)]))).toBe(6);
  expect(lastOf(walk('level', [samples(60, 80, 70)]))).toBe(80);
});

test('the rate of a counter is known when enough was seen of it', () => {
  const trail = (beats: number) => walk('counter', [100, 150, 200, 250, 300, 350].slice(0, beats).map((value) => samples(value)));
  expect(trail(5).points).toEqual([]);
  expect(isRateKnown(trail(5))).toBe(false);
  expect(trail(6).points).toEqual([{ time: 50, value: 5 }]);
  expect(isRateKnown(trail(6))).toBe(true);
});

/** Beats so long that two are enough. */
const LONG = 100;

test('of several series the rates are added up', () => {
  expect(lastOf(walk('counter', [samples(0, 0), samples(100, 200)], LONG))).toBe(3);
});

test('one series that was reset does not make the others fall', () => {
  expect(lastOf(walk('counter', [samples(1000, 500), samples(1100, 50)], LONG))).toBe(1.5);
});

test('a sum that falls has no rate at that beat, and one again from there on', () => {
  const trail = walk('sums', [5000, 5100, 1020].map((value) => samples(value)), LONG);
  expect(trail.points.map(({ value }) => value)).toEqual([1, NaN]);
  expect(isRateKnown(trail)).toBe(false);
  expect(lastOf(extend(trail, 300, samples(1120), 'sums'))).toBe(1);
});

test('of several sums, all begin anew when one falls', () => {
  const { points, readings } = walk('sums', [samples(100, 200), samples(150, 250), samples(160, 2)], LONG);
  expect(points.map(({ value }) => value)).toEqual([1, NaN]);
  expect(readings).toHaveLength(1);
});

test('a counter that is scraped on every second beat neither stands nor leaps', () => {
  const beats = [0, 0, 20, 20, 40, 40, 60, 60, 80, 80, 100, 100, 120].map((value) => samples(value));
  const rates = walk('counter', beats).points.slice(6).map(({ value }) => value);
  for (const rate of rates) expect(Math.abs(rate - 1)).toBeLessThan(0.34);
});

test('a rate forgets what is more than a minute ago', () => {
  const beats = [0, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000].map((value) => samples(value));
  expect(lastOf(walk('counter', beats))).toBe(0);
});

test('a beat that is longer than a minute has a rate too', () => {
  expect(lastOf(walk('counter', [samples(0), samples(240)], 120))).toBe(2);
});

test('a series that appears later counts from then on', () => {
  const beats = [0, 1, 2, 3, 4, 5, 6, 7].map((beat) => (beat < 2 ? samples(10 * beat) : samples(10 * beat, 1000 + 20 * beat)));
  expect(walk('counter', beats).points.map(({ value }) => value)).toEqual([1, 1, 3]);
});

test('what is no number is passed over', () => {
  expect(lastOf(walk('amount', [samples(1, NaN)]))).toBe(1);
  expect(walk('amount', [samples(1), []]).points).toEqual([{ time: 0, value: 1 }]);
  expect(lastOf(walk('counter', [samples(0, NaN), samples(100, NaN)], LONG))).toBe(1);
});

test('where no series is a number the value is not known, and what it was is not kept', () => {
  for (const kind of ['amount', 'level'] as const) expect(lastOf(walk(kind, [samples(7), samples(NaN, NaN)]))).toBeNaN();
  const counter = walk('counter', [samples(0), samples(10), samples(NaN)], 120);
  expect(counter.points.map(({ value }) => value)).toEqual([10 / 120, NaN]);
});

test('the same beat twice changes nothing', () => {
  const trail = walk('amount', [samples(1), samples(2)]);
  expect(extend(trail, 10, samples(99), 'amount')).toBe(trail);
  const counter = walk('counter', [samples(1)]);
  expect(extend(counter, 0, samples(99), 'counter')).toBe(counter);
});

test('where the clock is put back the trail goes on from there', () => {
  const levels = walk('level', [samples(1), samples(2), samples(3)]);
  expect(extend(levels, 5, samples(9), 'level').points).toEqual([{ time: 0, value: 1 }, { time: 5, value: 9 }]);
  const back = extend(walk('counter', [samples(0), samples(10), samples(20)], 100), -1000, samples(50), 'counter');
  expect(back.points).toEqual([]);
  expect(lastOf(extend(back, -900, samples(350), 'counter'))).toBe(3);
});

test('a trail does not grow for ever', () => {
  const trail = walk('counter', Array.from({ length: 1000 }, (_, index) => samples(index)));
  expect(trail.points).toHaveLength(90);
  expect(trail.points.at(-1)?.time).toBe(9990);
  expect(trail.readings.length).toBeLessThan(10);
});
