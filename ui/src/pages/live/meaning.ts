// What a query measures, by the names that Prometheus' conventions give: `_bytes`, `_seconds`, `_total`, `_percent`.

import { promSeconds } from '../../model/duration';
import type { Kind } from '../../model/trail';

export type Quantity = 'number' | 'bytes' | 'seconds' | 'percent' | 'ratio' | 'cores';

export interface Meaning {
  quantity: Quantity;
  kind: Kind;
}

/** `metric` is the name that the series carry; what was computed carries none, then the query's own has to do. */
export function meaning(query: string, metric: string | undefined): Meaning {
  const name = metric ?? query;
  const counter = /_(total|bucket)$/.test(name);
  const quantity = quantityOf(name.replace(/_(total|bucket)$/, ''), counter);
  if (counter) return { quantity, kind: 'counter' };
  const level = quantity === 'percent' || quantity === 'ratio' || quantity === 'seconds';
  return { quantity, kind: level ? 'level' : 'amount' };
}

function quantityOf(name: string, counter: boolean): Quantity {
  if (name.endsWith('_bytes')) return 'bytes';
  // Seconds of computing in each second are cores in use.
  if (name.endsWith('_seconds')) return counter && name.includes('cpu') ? 'cores' : 'seconds';
  if (name.endsWith('_percent')) return 'percent';
  if (name.endsWith('_ratio')) return 'ratio';
  return 'number';
}

/** A range query's name without its window, and the window: `memory_usage_1h` is `memory_usage` and `1h`. */
export function splitWindow(query: string): { base: string; window: string } {
  const found = /^(.+)_(\d+[smhdw])$/.exec(query);
  return { base: found?.[1] ?? query, window: found?.[2] ?? '' };
}

/** A window in seconds, to put the shortest first; 0 where a query's name has none. */
export function windowSeconds(window: string): number {
  return promSeconds(window) ?? 0;
}
