import { expect, it } from 'vitest';

import type { Alert } from './alert';
import { LATELY_MS, NEAR_MS, firing, news, turn } from './alertBook';

function alert(name: string, state: Alert['state'] = 'firing', value = '1e+00'): Alert {
  return { labels: { alertname: name }, annotations: {}, state, activeAt: '2026-07-01T08:00:00Z', value };
}

it('marks nothing that was there from the start', () => {
  const book = turn(undefined, [alert('A')], 100);
  expect(book.entries).toMatchObject([{ change: undefined }]);
});

it('marks what is new, what begins to fire, and what has another value', () => {
  const first = turn(undefined, [alert('A'), alert('B', 'pending')], 100);
  const book = turn(first, [alert('A', 'firing', '2e+00'), alert('B'), alert('C', 'pending')], 200);
  expect(book.entries.map(({ change }) => change)).toEqual([
    { what: 'value', at: 200 },
    { what: 'state', at: 200 },
    { what: 'new', at: 200 },
  ]);
});

it('keeps the same object for what has not changed', () => {
  const first = turn(undefined, [alert('A'), alert('B')], 100);
  const book = turn(first, [alert('A'), alert('B', 'firing', '2e+00')], 200);
  expect(book.entries[0]).toBe(first.entries[0]);
  expect(book.entries[1]).not.toBe(first.entries[1]);
});

it('keeps the same list while nothing in it has changed', () => {
  const first = turn(undefined, [alert('A'), alert('B')], 100);
  expect(turn(first, [alert('A'), alert('B')], 200).entries).toBe(first.entries);
  expect(turn(first, [alert('B'), alert('A')], 200).entries).not.toBe(first.entries);
  expect(turn(first, [alert('A')], 200).entries).not.toBe(first.entries);
});

it('remembers for a while what has gone, until it comes back', () => {
  const there = turn(undefined, [alert('A'), alert('B')], 100);
  const gone = turn(there, [], 200);
  expect(gone.gone.map(({ alert, at }) => [alert.labels.alertname, at])).toEqual([['A', 200], ['B', 200]]);
  const back = turn(gone, [alert('A')], 300);
  expect(back.gone.map(({ alert }) => alert.labels.alertname)).toEqual(['B']);
  expect(turn(back, [alert('A')], 200 + LATELY_MS).gone).toEqual([]);
});

it('knows when an alert went only if it was heard of shortly before', () => {
  const there = turn(undefined, [alert('A'), alert('B')], 0);
  const one = turn(there, [alert('B')], NEAR_MS);
  const both = turn(one, [], 3 * NEAR_MS);
  expect(both.gone.map(({ alert, unseen }) => [alert.labels.alertname, unseen])).toEqual([['B', true], ['A', false]]);
});

it('tells what began to fire and what does not any more, not what fires on with another value', () => {
  const before = firing(turn(undefined, [alert('A'), alert('B'), alert('C', 'pending')], 100));
  const book = turn(undefined, [alert('B', 'firing', '2e+00'), alert('C'), alert('D', 'pending')], 200);
  expect(news(before, firing(book))).toEqual({ begun: ['C'], ended: ['A'] });
});

it('tells of an alert with several series when its first one fires and when its last one does not', () => {
  const series = (...instances: string[]) =>
    firing(turn(undefined, instances.map((instance) => ({ ...alert('A'), labels: { alertname: 'A', instance } })), 100));
  expect(news(series(), series('1', '2'))).toEqual({ begun: ['A'], ended: [] });
  expect(news(series('1', '2'), series('2'))).toEqual({ begun: [], ended: [] });
  expect(news(series('2'), series())).toEqual({ begun: [], ended: ['A'] });
});
