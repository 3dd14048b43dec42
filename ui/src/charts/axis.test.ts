import { expect, test } from 'vitest';

import { units } from '../model/units';
import { axisWidth, BINARY_STEPS, clockOf, tickLabels, rowAfter, valueRange } from './axis';

test('without values the axis still has a range', () => {
  expect(valueRange(null, null)).toEqual([0, 1]);
});

test('values that are all the same lie in the middle', () => {
  expect(valueRange(0, 0)).toEqual([0, 1]);
  expect(valueRange(100, 100)).toEqual([90, 110]);
  expect(valueRange(-100, -100)).toEqual([-110, -90]);
  expect(valueRange(256e6, 256e6 + 1e-6)[1]).toBeGreaterThan(280e6);
});

test('it begins at zero if that is not far away', () => {
  expect(valueRange(3, 10)).toEqual([0, 10.7]);
  expect(valueRange(-10, -3)).toEqual([-10.7, 0]);
});

test('far from zero it shows what moves', () => {
  expect(valueRange(250, 260)).toEqual([249, 261]);
});

test('below and above zero both have room', () => {
  expect(valueRange(-10, 10)).toEqual([-12, 12]);
});

test('labels have as few decimals as lose nothing', () => {
  const { number } = units('en');
  expect(tickLabels([0, 1, 2], number)).toEqual(['0', '1', '2']);
  expect(tickLabels([0, 2.5, 5], number)).toEqual(['0', '2.5', '5']);
  expect(tickLabels([0.1, 0.1 + 0.2], number)).toEqual(['0.1', '0.3']);
  expect(tickLabels([1, 1.005], number)).toEqual(['1', '1.005']);
});

test('labels of bytes lose nothing either, however little they differ', () => {
  const gib = 2 ** 30;
  const labels = tickLabels([gib, gib + 2 ** 20, gib + 2 ** 21], units('fr').bytes);
  expect(new Set(labels).size).toBe(3);
});

test('a format that knows no decimals is taken as it is', () => {
  expect(tickLabels([1, 2], (value) => `${value ?? ''} s`)).toEqual(['1 s', '2 s']);
});

test('the axis is as wide as its longest label', () => {
  const labels = tickLabels([0, 268_435_456], units('fr').bytes);
  expect(axisWidth(labels)).toBeGreaterThan(axisWidth(['0']));
  expect(axisWidth(null)).toBe(axisWidth([]));
});

test('steps of bytes are powers of two', () => {
  expect(BINARY_STEPS.slice(0, 4)).toEqual([1, 2, 4, 8]);
  expect(BINARY_STEPS).toContain(256 * 2 ** 20);
});

test.each([
  ['ArrowLeft', 49],
  ['ArrowRight', 51],
  ['PageUp', 60],
  ['PageDown', 40],
  ['Home', 0],
  ['End', 99],
])('%s moves from row 50 of 100 to row %i', (key, row) => {
  expect(rowAfter(key, 50, 100)).toBe(row);
});

test('keys stop at the ends', () => {
  expect(rowAfter('ArrowLeft', 0, 100)).toBe(0);
  expect(rowAfter('PageUp', 95, 100)).toBe(99);
});

test('other keys, and an empty chart, mean nothing', () => {
  expect(rowAfter('Tab', 5, 100)).toBeUndefined();
  expect(rowAfter('toString', 5, 100)).toBeUndefined();
  expect(rowAfter('Home', 0, 0)).toBeUndefined();
});

test('on the axis of time a day begins with its date', () => {
  const at = (hour: number, minute: number) => new Date(2026, 6, 1, hour, minute).getTime() / 1000;
  expect([at(0, 0), at(0, 5), at(12, 0)].map(clockOf('en-GB'))).toEqual(['1 Jul', '00:05', '12:00']);
  expect(clockOf('fr')(at(0, 0))).toBe('1 juil.');
});
