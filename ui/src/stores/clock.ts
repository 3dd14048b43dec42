// The time, again and again. All who look at it at the same pace share one timer; while nobody looks there is none.

import { useSyncExternalStore } from 'react';

class Clock {
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private now = Date.now();

  constructor(private readonly everyMs: number) {}

  readonly get = (): number => {
    // It has stood while nobody looked.
    if (this.timer === undefined && Date.now() - this.now >= this.everyMs) this.now = Date.now();
    return this.now;
  };

  readonly listen = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    this.timer ??= setInterval(() => {
      this.now = Date.now();
      for (const listener of this.listeners) listener();
    }, this.everyMs);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    };
  };
}

const clocks = new Map<number, Clock>();

/** The clock of all who look every `everyMs`. */
export function clock(everyMs: number): Clock {
  const known = clocks.get(everyMs) ?? new Clock(everyMs);
  clocks.set(everyMs, known);
  return known;
}

/** The time in milliseconds since 1970, as it was at most `everyMs` ago. */
export function useNow(everyMs = 1000): number {
  const { listen, get } = clock(everyMs);
  return useSyncExternalStore(listen, get);
}
