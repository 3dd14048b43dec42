import { expect, test } from 'vitest';

import {
  EVERYTHING,
  detailsUrl,
  fromLocal,
  isBackwards,
  readFilters,
  summaryUrl,
  toLocal,
  writeFilters,
  type Filters,
} from './filters';

const NOON = Date.parse('2026-02-10T12:00:30.500Z');
const FROM = '2026-02-01T00:00:00.000Z';
const TO = '2026-02-02T00:00:00.000Z';

test('an address without a query shows everything', () => {
  expect(readFilters('')).toEqual(EVERYTHING);
  expect(writeFilters(EVERYTHING)).toBe('');
});

test('a reload keeps the filters, whatever a service is called', () => {
  const filters: Filters[] = [
    { period: { is: 'last', span: '7d' }, service: 'a&b=c #é+', status: 'closed', severity: 'high' },
    { period: { is: 'own', from: FROM, to: undefined }, service: 'all', status: undefined, severity: undefined },
    { period: { is: 'own', from: undefined, to: undefined }, service: undefined, status: 'open', severity: 'info' },
  ];
  for (const filter of filters) expect(readFilters(writeFilters(filter))).toEqual(filter);
});

test('nonsense in the address is left out', () => {
  expect(readFilters('status=burning&within=1y&from=yesterday')).toEqual(EVERYTHING);
  expect(readFilters('within=own&from=yesterday').period).toEqual({ is: 'own', from: undefined, to: undefined });
});

test('a preset asks from so long ago, to the minute', () => {
  expect(summaryUrl({ is: 'last', span: '24h' }, NOON)).toBe(
    'api/metrics/incidents/summary?from=2026-02-09T12%3A00%3A00.000Z',
  );
  expect(summaryUrl({ is: 'all' }, NOON)).toBe('api/metrics/incidents/summary');
});

test('details are asked for with all filters and the cursor, percent-encoded', () => {
  const asked = detailsUrl(
    { period: { is: 'own', from: FROM, to: TO }, service: 'a&b', status: 'open', severity: 'low' },
    'AZ+/=',
    NOON,
  );
  const parameters = new URLSearchParams(asked.slice(asked.indexOf('?')));
  expect(Object.fromEntries(parameters)).toEqual({
    from: FROM,
    to: TO,
    service: 'a&b',
    status: 'open',
    severity: 'low',
    limit: '50',
    cursor: 'AZ+/=',
  });
});

test('what is not asked for is not named: the gateway refuses empty parameters', () => {
  expect(detailsUrl(EVERYTHING, undefined, NOON)).toBe('api/metrics/incidents/details?limit=50');
});

test('a period that ends before it begins is noticed', () => {
  expect(isBackwards({ is: 'own', from: TO, to: FROM })).toBe(true);
  expect(isBackwards({ is: 'own', from: FROM, to: TO })).toBe(false);
  expect(isBackwards({ is: 'own', from: TO, to: undefined })).toBe(false);
});

test('a local time survives the way through the field', () => {
  expect(fromLocal(toLocal(FROM))).toBe(FROM);
  expect(toLocal(undefined)).toBe('');
  expect(fromLocal('')).toBeUndefined();
});

test('a year that is still being typed is no moment', () => {
  expect(fromLocal('0002-02-01T00:00')).toBeNull();
});
