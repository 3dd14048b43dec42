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

export interface Drawn {
  meaning: Meaning;
  /** The metrics that its series are of, in the order of the answer; none where a query has computed them. */
  metrics: string[];
  /** Of counters, their rates. */
  series: Series[];
}

/** What is drawn of an answer: for each unit that its metrics have, what has an axis of its own. */
export function drawn(base: string, answer: unknown): Drawn[] {
  const found = new Map<string, Drawn>();
  for (const one of matrix(answer)) {
    const { __name__: metric } = one.labels;
    const its = meaning(base, metric);
    const key = `${its.quantity} ${its.kind}`;
    const { metrics, series }: Omit<Drawn, 'meaning'> = found.get(key) ?? { metrics: [], series: [] };
    found.set(key, {
      meaning: its,
      metrics: metric === undefined || metrics.includes(metric) ? metrics : [...metrics, metric],
      series: [...series, its.kind === 'counter' ? rate(one) : one],
    });
  }
  return [...found.values()];
}
