import { expect, test } from 'vitest';

import { inWords, sentence } from './words';

test('a known word is said in the language of the page', () => {
  expect(inWords({ open: 'Ouvert' }, 'open')).toBe('Ouvert');
});

test('an unknown word stays itself, even one that every object has', () => {
  expect(inWords({ open: 'Ouvert' }, 'burning')).toBe('burning');
  expect(inWords({ open: 'Ouvert' }, 'constructor')).toBe('constructor');
});

test('a sentence ends with one stop', () => {
  expect(sentence('connection refused')).toBe('connection refused.');
  expect(sentence('It is gone.')).toBe('It is gone.');
});
