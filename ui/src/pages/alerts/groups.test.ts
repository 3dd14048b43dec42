import { expect, it } from 'vitest';

import type { Entry } from '../../model/alertBook';
import { ALL, ANY, group, groupings, readWanted, writeWanted, type Wanted } from './groups';
import { Severities } from './severities';

const SUPPRESSED = { silences: ['1'], inhibitors: [], intervals: [], until: '' };

function entry(name: string, state: 'firing' | 'pending', severity: string, family = 'disk', minute = 0): Entry {
  const activeAt = new Date(Date.UTC(2026, 6, 1, 8, minute)).toISOString();
  const labels = { alertname: name, severity, family, minute: String(minute) };
  const annotations = { summary: `${name} has happened` };
  return { key: `${name} ${minute}`, alert: { labels, annotations, state, activeAt, value: '1e+00' }, change: undefined };
}

const quiet = entry('Quiet', 'firing', 'critical');
quiet.alert.suppressed = SUPPRESSED;
const ENTRIES = [
  entry('P', 'pending', 'critical'),
  entry('W', 'firing', 'warning'),
  quiet,
  entry('Many', 'firing', 'critical', 'disk', 5),
  entry('Network', 'firing', 'critical', 'network', 0),
  entry('Many', 'firing', 'critical', 'disk', 1),
];

const grouped = (wanted: Partial<Wanted>) => group(ENTRIES, { ...ALL, ...wanted }, new Severities());
const keys = (wanted: Partial<Wanted>) =>
  grouped(wanted).flatMap(({ bundles }) => bundles.flatMap(({ entries }) => entries.map(({ key }) => key)));

it('puts firing before suppressed and pending, critical first, those of one name together, the oldest first', () => {
  const rows = grouped({}).map((one) => [one.standing, one.severity, one.count, one.bundles.map(({ title }) => title)]);
  expect(rows).toEqual([
    ['firing', 'critical', 3, ['Many', 'Network']],
    ['firing', 'warning', 1, ['W']],
    ['suppressed', 'critical', 1, ['Quiet']],
    ['pending', 'critical', 1, ['P']],
  ]);
  expect(keys({})).toEqual(['Many 1', 'Many 5', 'Network 0', 'W 0', 'Quiet 0', 'P 0']);
});

it('puts those together that have one value of a chosen label', () => {
  const [first] = grouped({ by: 'family' });
  expect(first?.bundles.map(({ title, entries }) => [title, entries.length])).toEqual([['disk', 2], ['network', 1]]);
  expect(grouped({ by: 'other' })[0]?.bundles.map(({ title }) => title)).toEqual(['–']);
});

it('offers the labels that there are, the most common first', () => {
  expect(groupings(ENTRIES, 'alertname')).toEqual(['alertname', 'family', 'minute']);
  expect(groupings([], 'pod')).toEqual(['alertname', 'pod']);
});

it('shows only what is wanted', () => {
  expect(keys({ state: 'pending' })).toEqual(['P 0']);
  expect(keys({ state: 'suppressed' })).toEqual(['Quiet 0']);
  expect(keys({ state: 'firing', severity: 'critical' })).toEqual(['Many 1', 'Many 5', 'Network 0']);
  expect(keys({ severity: 'warning' })).toEqual(['W 0']);
  expect(keys({ family: 'network' })).toEqual(['Network 0']);
  expect(keys({ text: ' network HAS ' })).toEqual(['Network 0']);
  expect(keys({ text: 'nothing' })).toEqual([]);
});

it('sorts two thousand alerts of one name into one', () => {
  const many = Array.from({ length: 2_000 }, (_, index) => entry('Many', 'firing', 'page', 'own', index));
  const groups = group(many, ALL, new Severities());
  expect(groups.map(({ bundles, count }) => [bundles.length, count])).toEqual([[1, 2_000]]);
});

it('reads from the address what it has written there', () => {
  for (const wanted of [
    ALL,
    { state: 'firing', severity: 'P1 & more', family: ANY, text: '', by: 'instance' },
    { state: ANY, severity: ANY, family: '100%26', text: ' a=b#?', by: 'alertname' },
    { ...ALL, state: 'suppressed' },
  ]) {
    expect(readWanted(writeWanted(wanted))).toEqual(wanted);
  }
  expect(writeWanted(ALL)).toBe('');
  expect(readWanted('state=x&other=y&by=')).toEqual(ALL);
});
