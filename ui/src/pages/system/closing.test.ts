import { expect, test } from 'vitest';

import { closing } from './closing';

const WORDS = { '1001': 'the gateway shuts down', 'no answer': 'it fell silent' };

test('a known code is shown in words, and with what else was said', () => {
  expect(closing('1001', WORDS)).toBe('the gateway shuts down (1001)');
  expect(closing('1001 bye', WORDS)).toBe('the gateway shuts down (1001 bye)');
  expect(closing('no answer', WORDS)).toBe('it fell silent (no answer)');
});

test('an unknown code is shown as it is', () => {
  expect(closing('10010', WORDS)).toBe('10010');
  expect(closing('4999 out of tea', WORDS)).toBe('4999 out of tea');
});
