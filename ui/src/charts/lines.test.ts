import { expect, test } from 'vitest';

import type { Labels, Series } from '../model/query';
import { lines, telling, total } from './lines';

const OPTIONS = { additive: true, title: 'Requests', rest: (count: number) => `${count} others` };

function one(labels: Labels, value = 1): Series {
  return { labels, times: [0, 60], values: [value, value] };
}

const names = (found: { lines: { name: string }[] }) => found.lines.map(({ name }) => name);

test('series are named by the labels that tell them apart', () => {
  const series = ['a', 'b'].map((instance) => one({ __name__: 'm', instance, job: 'x' }));
  const found = lines(series, OPTIONS);
  expect(names(found)).toEqual(['a', 'b']);
  expect(found.by).toEqual(['instance']);
});

test('of several metrics each line says which one it is', () => {
  const series = ['heap_bytes', 'stack_bytes'].map((metric) => one({ __name__: metric, instance: 'a' }));
  expect(names(lines(series, OPTIONS))).toEqual(['heap_bytes', 'stack_bytes']);
  const many = ['b_total', 'a_total'].flatMap((metric) => Array.from({ length: 6 }, (_, index) => one({ __name__: metric, service: `s${index}` })));
  expect(lines(many, OPTIONS)).toMatchObject({ by: ['__name__'], lines: [{ name: 'a_total' }, { name: 'b_total' }] });
});

test('a label that some series lack is said to be missing there', () => {
  expect(names(lines([one({ job: 'x' }), one({ job: 'x', zone: 'eu' })], OPTIONS))).toEqual(['–', 'eu']);
});

test('a single series is called by its instance, or by what the chart shows', () => {
  expect(names(lines([one({ instance: 'a', job: 'x' })], OPTIONS))).toEqual(['a']);
  expect(names(lines([one({})], OPTIONS))).toEqual(['Requests']);
});

test('names are in the order in which people count', () => {
  const series = ['app-10', 'app-9', 'app-1'].map((instance) => one({ instance }));
  expect(names(lines(series, OPTIONS))).toEqual(['app-1', 'app-9', 'app-10']);
});

test('of many counters, those with one label in common are added up', () => {
  const series = ['api', 'auth', 'payment'].flatMap((service) =>
    ['200', '201', '404', '500'].map((status) => one({ instance: 'a', service, status }, 2)),
  );
  const found = lines(series, OPTIONS);
  expect(names(found)).toEqual(['api', 'auth', 'payment']);
  expect(found.by).toEqual(['service']);
  expect(found.lines[0]?.values).toEqual([8, 8]);
});

test('of the labels that will do, the one that is preferred is taken', () => {
  const series = ['a', 'b'].flatMap((instance) =>
    Array.from({ length: 5 }, (_, index) => one({ instance, service: `s${index}` })),
  );
  expect(lines(series, OPTIONS).by).toEqual(['service']);
  expect(lines(series, { ...OPTIONS, prefer: 'instance' }).by).toEqual(['instance']);
  expect(lines(series, { ...OPTIONS, prefer: 'absent' }).by).toEqual(['service']);
});

test('where no label makes few groups, the largest are shown and the rest is added up', () => {
  const series = Array.from({ length: 500 }, (_, index) => one({ path: `/${index}` }, index));
  const found = lines(series, OPTIONS);
  expect(names(found)).toEqual(['/493', '/494', '/495', '/496', '/497', '/498', '/499', '493 others']);
  expect(found.lines.at(-1)?.values[0]).toBe((492 * 493) / 2);
  expect(found.left).toBe(0);
});

test('what does not add up is not added up: the largest fifty are shown, and it is said how many are not', () => {
  const series = Array.from({ length: 60 }, (_, index) => one({ instance: `app-${index}` }, index));
  const found = lines(series, { ...OPTIONS, additive: false });
  expect(found.lines).toHaveLength(50);
  expect(names(found)).not.toContain('app-9');
  expect(names(found)).toContain('app-10');
  expect(found.left).toBe(10);
});

test('nothing makes no lines', () => {
  expect(lines([], OPTIONS)).toEqual({ lines: [], by: [], left: 0 });
});

test('each line has a key of its own, the same in the next frame', () => {
  const series = Array.from({ length: 20 }, (_, index) => one({ path: `/${index}` }, index));
  const keys = () => lines(series, OPTIONS).lines.map(({ key }) => key);
  expect(new Set(keys()).size).toBe(keys().length);
  expect(keys()).toEqual(keys());
});

test('a thousand labels are distinguished', () => {
  const labels = (value: string) =>
    Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`l${index}`, index === 7 ? value : 'same']));
  expect(telling([labels('a'), labels('b')])).toEqual(['l7']);
});

test('a label named like what objects have is a label', () => {
  expect(telling([{ constructor: 'a' }, { constructor: 'b' }])).toEqual(['constructor']);
});

test('a sum has every time of any series; only what is no number anywhere has none', () => {
  const sum = total(
    [
      { labels: {}, times: [0, 60], values: [1, NaN] },
      { labels: {}, times: [60, 120], values: [NaN, 4] },
      { labels: {}, times: [0, 120], values: [NaN, 1] },
    ],
    {},
  );
  expect(sum).toEqual({ labels: {}, times: [0, 60, 120], values: [1, NaN, 5] });
});
