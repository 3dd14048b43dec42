import { expect, test } from 'vitest';

import { en } from './en';
import { fr } from './fr';

/** All texts; where something is counted or inserted, with 2. */
function texts(node: unknown): string[] {
  if (typeof node === 'string') return [node];
  if (typeof node === 'function') return [String((node as (...given: number[]) => unknown)(...Array<number>(node.length).fill(2)))];
  return Object.values(node as object).flatMap(texts);
}

const against = (pattern: RegExp, messages: object) => texts(messages).filter((text) => pattern.test(text));

test('a number and its unit are not torn apart', () => {
  for (const messages of [en, fr]) expect(against(/\d (ms|s|min|h|j|d|%)(?!\w)/, messages)).toEqual([]);
});

test('apostrophes and quotes are not those of a typewriter', () => {
  for (const messages of [en, fr]) expect(against(/['"]/, messages)).toEqual([]);
});

test('French has a narrow space before ; ! ? and a no-break space before : and within « »', () => {
  expect(against(/[^\u202f][;!?]/, fr)).toEqual([]);
  expect(against(/[^\u00a0][:»]/, fr)).toEqual([]);
  expect(against(/«[^\u00a0]/, fr)).toEqual([]);
});
