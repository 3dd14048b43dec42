import { expect, it } from 'vitest';

import { Severities } from './severities';

const TOLD = [
  { name: 'page', tone: 'critical' },
  { name: 'none', tone: 'quiet' },
  { name: 'P2', tone: 'warning' },
];

it('puts severities as the setting does, unknown ones after them, and none last', () => {
  const { compare } = new Severities(TOLD);
  expect(['none', 'odd', 'P2', 'page', '', 'alarm'].sort(compare)).toEqual(['page', 'P2', '', 'alarm', 'odd', 'none']);
});

it('shows them in the tone of the setting, and unknown ones so that they are seen', () => {
  const severities = new Severities(TOLD);
  expect(['page', 'P2', 'none', 'odd', ''].map((name) => severities.tone(name))).toEqual([
    'critical', 'warning', 'quiet', 'warning', 'info',
  ]);
  expect(new Severities([{ name: 'a', tone: 'red' }]).tone('a')).toBe('quiet');
});

it('knows the usual ones until the gateway has sent its own', () => {
  const { compare } = new Severities();
  expect(['info', 'none', 'critical', 'x', 'warning'].sort(compare)).toEqual(['critical', 'warning', 'info', 'x', 'none']);
});
