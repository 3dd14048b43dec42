import { expect, test } from 'vitest';

import { meaning, splitWindow, windowSeconds } from './meaning';

test.each([
  ['memory_usage_bytes', 'bytes', 'amount'],
  ['disk_usage_percent', 'percent', 'level'],
  ['cache_hit_ratio', 'ratio', 'level'],
  ['lock_time_seconds', 'seconds', 'level'],
  ['http_requests_total', 'number', 'counter'],
  ['network_received_bytes_total', 'bytes', 'counter'],
  ['cpu_usage_seconds_total', 'cores', 'counter'],
  ['gc_pause_seconds_total', 'seconds', 'counter'],
  ['request_duration_seconds_bucket', 'seconds', 'counter'],
  ['prometheus_tsdb_head_series', 'number', 'amount'],
])('%s is measured in %s, and is a %s', (query, quantity, kind) => {
  expect(meaning(query, undefined)).toEqual({ quantity, kind });
});

test('the name that series carry is worth more than what somebody called the query', () => {
  expect(meaning('memory_usage', 'memory_usage_bytes')).toEqual({ quantity: 'bytes', kind: 'amount' });
  expect(meaning('jobs_total', 'queue_length')).toEqual({ quantity: 'number', kind: 'amount' });
});

test.each([
  ['memory_usage_1h', 'memory_usage', '1h'],
  ['http_requests_24h', 'http_requests', '24h'],
  ['errors', 'errors', ''],
  ['_1h', '_1h', ''],
  ['p99_5', 'p99_5', ''],
])('%s is %s over %j', (query, base, window) => {
  expect(splitWindow(query)).toEqual({ base, window });
});

test('windows are as long as they say', () => {
  expect(['90s', '5m', '24h', '7d', '2w', ''].map(windowSeconds)).toEqual([90, 300, 86_400, 604_800, 1_209_600, 0]);
});
