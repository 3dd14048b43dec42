import { expect, it } from 'vitest';

import { outlast } from './lastGoodAnswers';

const GOOD = { resultType: 'vector', result: [] };
const FAULT = { error: 'cannot be reached', errorType: 'unavailable' };

it('is the latest answer where there is one', () => {
  const answers = outlast(new Map([['q', { answer: 1, isLatest: true }]]), { q: GOOD });
  expect(answers.get('q')).toEqual({ answer: GOOD, isLatest: true });
});

it('outlasts faults and nothing at all, however many of them come', () => {
  let answers = outlast(new Map(), { q: GOOD, m: 7 });
  for (let beat = 0; beat < 3; beat += 1) answers = outlast(answers, { q: FAULT, m: null });
  expect(answers.get('q')).toEqual({ answer: GOOD, isLatest: false, fault: FAULT });
  expect(answers.get('m')).toEqual({ answer: 7, isLatest: false });
});

it('is nothing where there never was an answer, and forgets queries that are not asked any more', () => {
  const answers = outlast(outlast(new Map(), { gone: GOOD }), { q: FAULT });
  expect([...answers]).toEqual([['q', { answer: undefined, isLatest: false, fault: FAULT }]]);
});
