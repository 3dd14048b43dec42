import { expect, it } from 'vitest';

import type { Entry } from '../../model/alertBook';
import { ALL, ANY, bySeverity, group, readWanted, writeWanted } from './groups';

function entry(name: string, state: 'firing' | 'pending', severity: string, family = 'disk', minute = 0): Entry {
  const activeAt = new Date(Date.UTC(2026, 6, 1, 8, minute)).toISOString();
  const labels = { alertname: name, severity, family };
  const annotations = { summary: `${name} has happened` };
  return { key: name, alert: { labels, annotations, state, activeAt, value: '1e+00' }, change: undefined };
}

const ENTRIES = [
  entry('P', 'pending', 'critical'),
  entry('W', 'firing', 'warning'),
  entry('Young', 'firing', 'critical', 'disk', 5),
  entry('Old', 'firing', 'critical', 'disk', 1),
  entry('Network', 'firing', 'critical', 'network', 0),
];

const names = (wanted: Partial<typeof ALL>) =>
  group(ENTRIES, { ...ALL, ...wanted }).flatMap(({ entries }) => entries.map(({ key }) => key));

it('puts firing before pending, critical first, then families, then the oldest', () => {
  const groups = group(ENTRIES, ALL).map((one) => [one.state, one.severity, one.entries.map(({ key }) => key)]);
  expect(groups).toEqual([
    ['firing', 'critical', ['Old', 'Young', 'Network']],
    ['firing', 'warning', ['W']],
    ['pending', 'critical', ['P']],
  ]);
});

it('shows only what is wanted', () => {
  expect(names({ state: 'pending' })).toEqual(['P']);
  expect(names({ severity: 'warning' })).toEqual(['W']);
  expect(names({ family: 'network' })).toEqual(['Network']);
  expect(names({ text: ' young HAS ' })).toEqual(['Young']);
  expect(names({ text: 'nothing' })).toEqual([]);
});

it('puts severities that it does not know after those that it does', () => {
  expect(['page', 'info', 'critical', 'alarm', 'warning'].sort(bySeverity)).toEqual([
    'critical', 'warning', 'info', 'alarm', 'page',
  ]);
});

it('reads from the address what it has written there', () => {
  for (const wanted of [
    ALL,
    { state: 'firing', severity: 'P1 & more', family: ANY, text: '' },
    { state: ANY, severity: ANY, family: '100%26', text: ' a=b#?' },
  ]) {
    expect(readWanted(writeWanted(wanted))).toEqual(wanted);
  }
  expect(writeWanted(ALL)).toBe('');
  expect(readWanted('state=x&other=y')).toEqual(ALL);
});
