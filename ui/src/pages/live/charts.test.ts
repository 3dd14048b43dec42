import { expect, test } from 'vitest';

import { chartPlans, drawn } from './charts';

const matrix = (metric: Record<string, string>, ...values: [number, string][]) => ({
  resultType: 'matrix',
  result: [{ metric, values }],
});

test('queries that differ in their window alone share a chart, the shortest window first', () => {
  expect(chartPlans(['memory_usage_24h', 'cpu_usage_1h', 'memory_usage_1h', 'mine'])).toEqual([
    {
      base: 'memory_usage',
      windows: [
        { window: '1h', query: 'memory_usage_1h' },
        { window: '24h', query: 'memory_usage_24h' },
      ],
    },
    { base: 'cpu_usage', windows: [{ window: '1h', query: 'cpu_usage_1h' }] },
    { base: 'mine', windows: [{ window: '', query: 'mine' }] },
  ]);
});

test('of a counter its rate is drawn', () => {
  const [only] = drawn('cpu_usage', matrix({ __name__: 'cpu_usage_seconds_total' }, [0, '0'], [60, '30']));
  expect(only?.meaning).toEqual({ quantity: 'cores', kind: 'counter' });
  expect(only?.series[0]?.values).toEqual([NaN, 0.5]);
});

test('a gauge is drawn as it is', () => {
  const [only] = drawn('memory_usage', matrix({ __name__: 'memory_usage_bytes' }, [0, '10'], [60, '30']));
  expect(only?.series[0]?.values).toEqual([10, 30]);
});

test.each([undefined, { error: 'timeout', errorType: 'timeout' }, { resultType: 'matrix', result: [] }])(
  'of %j nothing is drawn',
  (answer) => {
    expect(drawn('memory_usage', answer)).toEqual([]);
  },
);

test('metrics of different units have an axis each, whichever of them comes first', () => {
  const percent = matrix({ __name__: 'disk_usage_percent' }, [0, '40']).result;
  const bytes = ['a', 'b'].flatMap((instance) => matrix({ __name__: 'memory_usage_bytes', instance }, [0, '4e8']).result);
  const other = matrix({ __name__: 'heap_bytes' }, [0, '1e8']).result;
  const found = drawn('mine', { resultType: 'matrix', result: [...percent, ...bytes, ...other] });
  expect(found.map(({ meaning, metrics, series }) => [meaning.quantity, metrics, series.length])).toEqual([
    ['percent', ['disk_usage_percent'], 1],
    ['bytes', ['memory_usage_bytes', 'heap_bytes'], 3],
  ]);
});
