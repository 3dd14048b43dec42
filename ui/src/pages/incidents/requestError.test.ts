import { expect, test } from 'vitest';

import { AnswerError } from '../../rest/ask';
import { sharedTrouble, troubleOf } from './trouble';

test.each([
  [0, 'gone'],
  [400, 'refused'],
  [418, 'other'],
  [500, 'failed'],
  [502, 'gone'],
  [503, 'away'],
  [504, 'slow'],
])('a %i is %s', (status, is) => {
  expect(troubleOf(new AnswerError(status, 'why')).is).toBe(is);
});

test('an error that is no answer is another', () => {
  expect(troubleOf(new Error('broken')).is).toBe('other');
});

test('what all questions suffer from is told once', () => {
  const away = new AnswerError(503, 'away');
  expect(sharedTrouble([away, new AnswerError(503, 'still away')])).toEqual({ is: 'away', error: away });
  expect(sharedTrouble([away, new AnswerError(400, 'severity')])).toBeUndefined();
  expect(sharedTrouble([away, null])).toBeUndefined();
  expect(sharedTrouble([null, null])).toBeUndefined();
});
