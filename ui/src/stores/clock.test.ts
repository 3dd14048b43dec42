import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { clock } from './clock';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

it('costs one timer however many look at it, and none when nobody does', () => {
  const onAlerts = vi.fn();
  const look = () => clock(1000).listen(() => {
    onAlerts(clock(1000).get());
  });
  const leave = Array.from({ length: 200 }, look);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1000);
  expect(onAlerts.mock.calls).toEqual(leave.map(() => [1_001_000]));
  const last = leave.pop();
  for (const one of leave) one();
  expect(vi.getTimerCount()).toBe(1);
  last?.();
  expect(vi.getTimerCount()).toBe(0);
});

it('stands still between two ticks, and is right again when it is looked at after a pause', () => {
  const leave = clock(500).listen(() => undefined);
  const before = clock(500).get();
  vi.advanceTimersByTime(499);
  expect(clock(500).get()).toBe(before);
  leave();
  vi.advanceTimersByTime(60_000);
  expect(clock(500).get()).toBe(Date.now());
});
