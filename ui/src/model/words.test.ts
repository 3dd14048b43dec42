import { expect, test } from 'vitest';

import { inWords, quoted, sentence } from './words';

test('a known word is said in the language of the page', () => {
  expect(inWords({ open: 'Ouvert' }, 'open')).toBe('Ouvert');
});

test('an unknown word stays itself, even one that every object has', () => {
  expect(inWords({ open: 'Ouvert' }, 'burning')).toBe('burning');
  expect(inWords({ open: 'Ouvert' }, 'constructor')).toBe('constructor');
});

test('no backticks are shown', () => {
  const quote = (what: string) => `“${what}”`;
  expect(quoted('unknown field `foo`, expected one of `status`, `service`', quote)).toBe('unknown field “foo”, expected one of “status”, “service”');
  expect(quoted('a single ` stays', quote)).toBe('a single ` stays');
});

test('a sentence ends with one stop', () => {
  expect(sentence('connection refused')).toBe('connection refused.');
  expect(sentence('It is gone.')).toBe('It is gone.');
});
