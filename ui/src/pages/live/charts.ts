// Which charts the range frame makes: queries that differ in their window alone share one.

import { matrix, type Series } from '../../model/query';
import { rate } from '../../model/rate';
import { meaning, splitWindow, windowSeconds, type Meaning } from './meaning';

interface ChartWindow {
  /** As the query's name says it: `24h`; empty if it says none. */
  window: string;
  query: string;
}

export interface ChartPlan {
  base: string;
  /** The shortest first. */
  windows: ChartWindow[];
}

/** In the order of the frame. */
export function chartPlans(queries: readonly string[]): ChartPlan[] {
  const plans = new Map<string, ChartWindow[]>();
  for (const query of queries) {
    const { base, window } = splitWindow(query);
    plans.set(base, [...(plans.get(base) ?? []), { window, query }]);
  }
  return [...plans].map(([base, windows]) => ({
    base,
    windows: windows.sort((a, b) => windowSeconds(a.window) - windowSeconds(b.window)),
  }));
}

interface Drawn {
  meaning: Meaning;
  /** Of counters, their rates. */
  series: Series[];
}

/** What a chart draws of an answer. */
export function drawn(base: string, answer: unknown): Drawn {
  const raw = matrix(answer);
  const found = meaning(base, raw[0]?.labels.__name__);
  return { meaning: found, series: found.kind === 'counter' ? raw.map(rate) : raw };
}
