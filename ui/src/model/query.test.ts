import { expect, test } from 'vitest';

import { largest, matrix, samples, sampleValue, seriesKey, sum, vector } from './query';

const sample = (value: number) => ({ labels: {}, value });

test.each([
  ['1.5', 1.5],
  ['8.5e+01', 85],
  ['+Inf', Infinity],
  ['-Inf', -Infinity],
])('%s is read as Prometheus means it', (text, value) => {
  expect(sampleValue(text)).toBe(value);
});

test.each(['NaN', '', ' ', 'many'])('%j is no number', (text) => {
  expect(sampleValue(text)).toBeNaN();
});

test('a vector is read with its labels', () => {
  const data = { resultType: 'vector', result: [{ metric: { __name__: 'up', job: 'a' }, value: [1.781, '1'] }] };
  expect(vector(data)).toEqual([{ labels: { __name__: 'up', job: 'a' }, value: 1 }]);
});

test('a matrix is read column by column', () => {
  const data = {
    resultType: 'matrix',
    result: [{ metric: { job: 'a' }, values: [[10, '1'], [20, 'NaN'], [30, '+Inf']] }],
  };
  expect(matrix(data)).toEqual([{ labels: { job: 'a' }, times: [10, 20, 30], values: [1, NaN, Infinity] }]);
});

test('a scalar is one sample without labels', () => {
  expect(samples({ resultType: 'scalar', result: [10, '7'] })).toEqual([{ labels: {}, value: 7 }]);
});

test.each([
  undefined,
  null,
  'text',
  [],
  {},
  { error: 'query timed out', errorType: 'timeout' },
  { resultType: 'vector', result: [] },
  { resultType: 'string', result: [10, 'text'] },
])('there are no series in %j', (data) => {
  expect(vector(data)).toEqual([]);
  expect(matrix(data)).toEqual([]);
  expect(samples(data)).toEqual([]);
});

test('a vector is no matrix, nor the other way round', () => {
  expect(matrix({ resultType: 'vector', result: [{ metric: {}, value: [1, '1'] }] })).toEqual([]);
  expect(vector({ resultType: 'matrix', result: [{ metric: {}, values: [[1, '1']] }] })).toEqual([]);
});

test('a hundred thousand series are read and added up', () => {
  const result = Array.from({ length: 100_000 }, (_, index) => ({ metric: { id: String(index) }, value: [1, '2'] }));
  const found = vector({ resultType: 'vector', result });
  expect(sum(found)).toBe(200_000);
  expect(largest(found)).toBe(2);
});

test('what is no number is left out of a sum and of the largest', () => {
  expect(sum([sample(1), sample(NaN), sample(2)])).toBe(3);
  expect(largest([sample(-3), sample(NaN), sample(-2)])).toBe(-2);
});

test('nothing has no sum and no largest, which is not zero', () => {
  expect(sum([])).toBeUndefined();
  expect(sum([sample(NaN)])).toBeUndefined();
  expect(largest([sample(NaN)])).toBeUndefined();
});

test('a series is known again by its labels, in whatever order they come', () => {
  expect(seriesKey({ a: '1', b: '2' })).toBe(seriesKey({ b: '2', a: '1' }));
  expect(seriesKey({ a: '1' })).not.toBe(seriesKey({ a: '2' }));
  expect(seriesKey({ a: '1","b":"2' })).not.toBe(seriesKey({ a: '1', b: '2' }));
});
