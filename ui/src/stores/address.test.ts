import fc from 'fast-check';
import { expect, test } from 'vitest';

import { format, moved, parse } from './address';

test.each([
  ['', '/', ''],
  ['#', '/', ''],
  ['#/', '/', ''],
  ['#/live', '/', ''],
  ['#live', '/', ''],
  ['#/live?a=b', '/', 'a=b'],
  ['#/alerts', '/alerts', ''],
  ['#/alerts/', '/alerts', ''],
  ['#alerts?state=firing', '/alerts', 'state=firing'],
  ['#/incidents?service=a%26b&x=?', '/incidents', 'service=a%26b&x=?'],
])('%s is the page %s with %j', (hash, path, query) => {
  expect(parse(hash)).toEqual({ path, query });
});

test('what is written is read', () => {
  fc.assert(
    fc.property(fc.constantFrom('/', '/alerts', '/incidents'), fc.dictionary(fc.string(), fc.string()), (path, chosen) => {
      const address = { path, query: new URLSearchParams(chosen).toString() };
      expect(parse(format(address))).toEqual(address);
      expect(parse(new URL(format(address), 'http://gateway/').hash)).toEqual(address);
    }),
  );
});

test('filters that stand before the hash are those of Incidents, which alone had them there', () => {
  expect(moved('?status=open', '#/incidents')).toBe('#/incidents?status=open');
  expect(moved('?status=open', '#/incidents?status=closed')).toBeUndefined();
  expect(moved('?status=open', '#/alerts')).toBeUndefined();
  expect(moved('?', '#/incidents')).toBeUndefined();
  expect(moved('', '#/incidents')).toBeUndefined();
});
