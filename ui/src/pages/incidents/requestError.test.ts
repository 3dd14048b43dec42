import { expect, test } from 'vitest';

import { AnswerError } from '../../rest/ask';
import { sharedError, requestErrorOf } from './requestError';

test.each([
  [0, 'gone'],
  [400, 'refused'],
  [418, 'other'],
  [500, 'failed'],
  [502, 'gone'],
  [503, 'away'],
  [504, 'slow'],
])('a %i is %s', (status, is) => {
  expect(requestErrorOf(new AnswerError(status, 'why')).is).toBe(is);
});

test('an error that is no answer is another', () => {
  expect(requestErrorOf(new Error('broken')).is).toBe('other');
});

test('an error of all requests is shown once', () => {
  const away = new AnswerError(503, 'away');
  expect(sharedError([away, new AnswerError(503, 'still away')])).toEqual({ is: 'away', error: away });
  expect(sharedError([away, new AnswerError(400, 'severity')])).toBeUndefined();
  expect(sharedError([away, null])).toBeUndefined();
  expect(sharedError([null, null])).toBeUndefined();
});
