import { expect, test } from 'vitest';

import { isDemoAskedInVain } from './fruitless';
import { outlast } from './lastGoodAnswers';

const NONE = { resultType: 'vector', result: [] };
const ONE = { resultType: 'vector', result: [{ metric: {}, value: [0, '1'] }] };
const NO_RANGE = { resultType: 'matrix', result: [] };
const FAULT = { error: 'timeout', errorType: 'timeout' };

const of = (data: Record<string, unknown>) => outlast(new Map(), data);
const METRICS = { cpu_usage_seconds_total: null, memory_usage_bytes: null, disk_usage_percent: null, request_duration_seconds: {} };
const RANGE = { memory_usage_1h: NO_RANGE, memory_usage_24h: NO_RANGE, cpu_usage_1h: NO_RANGE };

test('a Prometheus without the metrics of the demo is asked in vain', () => {
  const instant = of({ prometheus_tsdb_head_series: ONE, http_requests_total: NONE });
  expect(isDemoAskedInVain(instant, of(METRICS), of(RANGE))).toBe(true);
});

test('one that has them, fails, or is asked for something else is not', () => {
  const found = { cpu_usage_seconds_total: 4, memory_usage_bytes: 2, disk_usage_percent: 5, request_duration_seconds: { '1': 2 } };
  expect(isDemoAskedInVain(of({ http_requests_total: ONE }), of(found), of(RANGE))).toBe(false);
  const failed = Object.fromEntries([...Object.keys(METRICS), ...Object.keys(RANGE)].map((query) => [query, FAULT]));
  expect(isDemoAskedInVain(of(failed))).toBe(false);
  expect(isDemoAskedInVain(of({ node_load1: NONE, http_requests_total: NONE, mine: NONE }))).toBe(false);
  expect(isDemoAskedInVain()).toBe(false);
});
