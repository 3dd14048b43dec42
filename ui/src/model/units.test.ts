import { expect, test } from 'vitest';

import { units, UNKNOWN } from './units';

const en = units('en');
const fr = units('fr');
/** Whatever kind of space it is. */
const plain = (text: string) => text.replace(/\s/g, ' ');

test.each([undefined, null, NaN])('%s is not known, in any unit', (value) => {
  for (const show of [en.number, en.bytes, en.percent, en.duration, en.perSecond]) expect(show(value)).toBe(UNKNOWN);
});

test.each([
  [0, '0 B', '0 o'],
  [1023, '1,023 B', '1 023 o'],
  [1024, '1 KiB', '1 Kio'],
  [1023.97 * 1024, '1 MiB', '1 Mio'],
  [256_000_000, '244.1 MiB', '244,1 Mio'],
  [-1536, '-1.5 KiB', '-1,5 Kio'],
  [2 ** 62, '4,096 PiB', '4 096 Pio'],
])('%d bytes are %s, and in French %s', (value, english, french) => {
  expect(plain(en.bytes(value))).toBe(english);
  expect(plain(fr.bytes(value))).toBe(french);
});

test('a number and its unit are not torn apart', () => {
  expect(en.bytes(1024)).toBe('1\u00a0KiB');
  for (const { duration } of [en, fr]) expect(duration(330)).toBe('5\u00a0min 30\u00a0s');
  expect(en.duration(0.123)).toBe('123\u00a0ms');
  expect(fr.duration(1.5)).toBe('1,5\u00a0s');
});

test('bytes have as many decimals as an axis needs', () => {
  expect(plain(en.bytes(1024 * 1.2345, 3))).toBe('1.235 KiB');
  expect(plain(en.bytes(1024 * 1.2345, 0))).toBe('1 KiB');
});

test('a share is written as its language does', () => {
  expect(en.percent(75.55)).toBe('75.6%');
  expect(plain(fr.percent(75.5))).toBe('75,5 %');
  expect(en.percent(0)).toBe('0%');
});

test('what is small is not nothing', () => {
  expect(en.number(0.0034)).toBe('0.0034');
  expect(en.perSecond(0.0123)).toBe('0.012/s');
  expect(en.percent(0.04)).toBe('0.04%');
  expect(en.number(0)).toBe('0');
});

test('what is very large is short', () => {
  expect(en.number(1_234_567)).toBe('1,234,567');
  expect(en.number(12_345_678)).toBe('12.35M');
  expect(units('en-GB').number(12_345_678)).toBe('12.35M');
});

test.each([
  [0, '0 ms', '0 ms'],
  [0.123, '123 ms', '123 ms'],
  [0.9996, '1 s', '1 s'],
  [1.5, '1.5 s', '1,5 s'],
  [59.6, '1 min', '1 min'],
  [330, '5 min 30 s', '5 min 30 s'],
  [4500, '1 h 15 min', '1 h 15 min'],
  [86_400, '1 d', '1 j'],
  [90_061, '1 d 1 h', '1 j 1 h'],
  [-330, '-5 min 30 s', '-5 min 30 s'],
  [Infinity, '∞', '∞'],
])('%d seconds are %s, and in French %s', (seconds, english, french) => {
  expect(plain(en.duration(seconds))).toBe(english);
  expect(plain(fr.duration(seconds))).toBe(french);
});

test.each([
  ['5m', '5 min', '5 min'],
  ['90s', '90 s', '90 s'],
  ['1h30m', '1 h 30 min', '1 h 30 min'],
  ['7d', '7 d', '7 j'],
  ['2w', '2 wk', '2 sem.'],
  ['soon', 'soon', 'soon'],
])("Prometheus' %s is %s, and in French %s", (text, english, french) => {
  expect(plain(en.promDuration(text))).toBe(english);
  expect(plain(fr.promDuration(text))).toBe(french);
});

test('infinities are written as such', () => {
  expect(en.number(-Infinity)).toBe('-∞');
  expect(plain(en.bytes(Infinity))).toBe('∞ PiB');
});

test('a time of another day comes with its date', () => {
  expect(en.time('2020-02-10T12:00:00Z')).toContain('2020');
  expect(en.time(Date.now())).not.toContain(String(new Date().getFullYear()));
});

test.each([undefined, null, '', 'soon', NaN])('the time %o is not known', (moment) => {
  expect(en.time(moment)).toBe(UNKNOWN);
  expect(en.dateTime(moment)).toBe(UNKNOWN);
});

test('a plain value has decimals where they say something', () => {
  expect([12.345, -999.5, 1234.56, NaN].map(en.plain)).toEqual(['12.35', '-999.5', '1,235', UNKNOWN]);
});
