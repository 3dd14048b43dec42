import { expect, test } from 'vitest';

import { AnswerError } from '../../rest/ask';
import { troubleOf } from './trouble';

test.each([
  [0, 'gone'],
  [400, 'refused'],
  [418, 'other'],
  [500, 'failed'],
  [503, 'away'],
  [504, 'slow'],
])('a %i is %s', (status, is) => {
  expect(troubleOf(new AnswerError(status, 'why'))).toEqual({ is, why: 'why' });
});

test('an error that is no answer keeps its words', () => {
  expect(troubleOf(new Error('broken'))).toEqual({ is: 'other', why: 'broken' });
});
