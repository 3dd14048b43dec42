import { expect, it } from 'vitest';

import type { Alert } from './alert';
import { LATELY_MS, begunToFire, turn } from './alertBook';

function alert(name: string, state: Alert['state'] = 'firing', value = '1e+00'): Alert {
  return { labels: { alertname: name }, annotations: {}, state, activeAt: '2026-07-01T08:00:00Z', value };
}

it('marks nothing that was there from the start', () => {
  const book = turn(undefined, [alert('A')], 100);
  expect(book.entries).toMatchObject([{ change: undefined, firedAt: undefined }]);
  expect(begunToFire(book, 0)).toEqual([]);
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

it('remembers for a while what has gone, until it comes back', () => {
  const there = turn(undefined, [alert('A'), alert('B')], 100);
  const gone = turn(there, [], 200);
  expect(gone.gone.map(({ alert, at }) => [alert.labels.alertname, at])).toEqual([['A', 200], ['B', 200]]);
  const back = turn(gone, [alert('A')], 300);
  expect(back.gone.map(({ alert }) => alert.labels.alertname)).toEqual(['B']);
  expect(turn(back, [alert('A')], 200 + LATELY_MS).gone).toEqual([]);
});

it('tells once what began to fire, also when its value has changed since', () => {
  const pending = turn(turn(undefined, [], 100), [alert('A', 'pending')], 200);
  const firing = turn(pending, [alert('A'), alert('B')], 300);
  const later = turn(firing, [alert('A', 'firing', '2e+00'), alert('B')], 400);
  expect(begunToFire(later, 250)).toEqual(['A', 'B']);
  expect(begunToFire(later, 300)).toEqual([]);
});
