// Alerts that can be rehearsed and scenarios, as the simulator's control API tells them.

import type { Alert } from './alert';
import type { Labels } from './query';

export type Condition = 'calm' | 'rising' | 'active' | 'recovering';

export interface Rehearsal {
  name: string;
  family: string;
  severity: string;
  metric: string;
  /** Of the series that is driven. */
  labels: Labels;
  threshold: number | null;
  window: string | null;
  expr: string;
  /** As Prometheus writes it, at the simulator's time scale. */
  for: string;
  condition: Condition;
  value: number;
  /** RFC 3339: since when its condition is so. */
  since: string;
}

/** `GET /api/alerts` */
export interface Rehearsals {
  /** Below 1, time runs faster in the simulator and its rules. */
  time_scale: number;
  data: Rehearsal[];
}

/** The catalogue with what the simulator has answered of one alert, unless it is known to have changed since. */
export function amended(known: Rehearsals, answer: Rehearsal): Rehearsals {
  const isOlder = (one: Rehearsal) => one.name === answer.name && Date.parse(one.since) <= Date.parse(answer.since);
  return { ...known, data: known.data.map((one) => (isOlder(one) ? answer : one)) };
}

export interface Scenario {
  name: string;
  title: string;
  steps: { at: string; trigger?: string; recover?: string }[];
  /** The alerts that must fire, where it says so. */
  expect?: string[];
  running: boolean;
  since: string | null;
}

/**
 * The alert that a rehearsal has set off: of its name, and of the series that is driven. A rule may lose labels on the
 * way, so that only what contradicts counts. Of several, the one that fires, or the oldest.
 */
export function setOff({ name, labels }: Pick<Rehearsal, 'name' | 'labels'>, alerts: Alert[]): Alert | undefined {
  const contradicts = (alert: Alert) =>
    Object.entries(labels).some(([label, value]) => (alert.labels[label] ?? value) !== value);
  return alerts
    .filter((alert) => alert.labels.alertname === name && !contradicts(alert))
    .sort((a, b) => rank(a) - rank(b) || Date.parse(a.activeAt) - Date.parse(b.activeAt))[0];
}

function rank({ state }: Alert): number {
  return state === 'firing' ? 0 : 1;
}

/**
 * In how many seconds a value that was `from` when it was triggered, `seconds` ago, crosses the threshold if it goes on
 * as evenly; `undefined` where that cannot be told.
 */
export function secondsToCross(
  { value, threshold, window }: Pick<Rehearsal, 'value' | 'threshold' | 'window'>,
  from: number,
  seconds: number,
): number | undefined {
  // With a window, the expression is about a change over it, not about the value.
  if (threshold === null || window !== null || seconds < 3) return undefined;
  const share = (value - from) / (threshold - from);
  return share > 0.02 && share < 1 ? (seconds / share) * (1 - share) : undefined;
}
