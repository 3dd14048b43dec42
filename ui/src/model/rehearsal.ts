// Alerts that can be rehearsed and scenarios, as the simulator's control API tells them.

import type { Alert } from './alert';
import { promSeconds } from './duration';
import { list, members, numberOrNull, text, textOrNull, texts } from './json';
import type { Labels } from './query';

const CONDITIONS = ['calm', 'rising', 'active', 'recovering'] as const;
export type Condition = (typeof CONDITIONS)[number];

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
  /** Of its metric. */
  value: number;
  /** What the expression compares with its number now, such as the metric's rate; `null` where the simulator does not send it. */
  compared: number | null;
  /** RFC 3339: since when its condition is so. */
  since: string;
  /** From a trigger until the condition holds, as the catalogue's own theory tells; `null` where it cannot. */
  rise_seconds: number | null;
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
  /** The alerts that must fire, where it says so. */
  expect: string[];
  running: boolean;
  since: string | null;
}

/** The answers of the simulator: one that is not of this shape is `undefined`, an entry without a name is left out. */

export function readRehearsals(answer: unknown): Rehearsals | undefined {
  const { data, time_scale } = members(answer);
  if (!Array.isArray(data)) return undefined;
  const timeScale = numberOrNull(time_scale) ?? 1;
  return { time_scale: timeScale > 0 ? timeScale : 1, data: data.flatMap((one) => readRehearsal(one) ?? []) };
}

export function readScenarios(answer: unknown): Scenario[] | undefined {
  const { data } = members(answer);
  if (!Array.isArray(data)) return undefined;
  return data
    .map(members)
    .filter(({ name }) => typeof name === 'string')
    .map(({ name, title, expect, running, since }) => ({
      name: text(name),
      title: text(title),
      expect: list(expect).map(text),
      running: running === true,
      since: textOrNull(since),
    }));
}

/** What the simulator answers to a change of one alert. */
export function readChanged(answer: unknown): Rehearsal | undefined {
  return readRehearsal(members(answer).data);
}

function readRehearsal(value: unknown): Rehearsal | undefined {
  const one = members(value);
  if (typeof one.name !== 'string') return undefined;
  return {
    name: one.name,
    family: text(one.family),
    severity: text(one.severity),
    metric: text(one.metric),
    labels: texts(one.labels),
    threshold: numberOrNull(one.threshold),
    window: textOrNull(one.window),
    expr: text(one.expr),
    for: text(one.for),
    condition: CONDITIONS.find((condition) => condition === one.condition) ?? 'calm',
    value: numberOrNull(one.value) ?? NaN,
    compared: numberOrNull(one.compared),
    since: text(one.since),
    rise_seconds: numberOrNull(one.rise_seconds),
  };
}

/**
 * The alert that a rehearsal has set off: of its name, and of the series that is driven. A rule may lose labels on the
 * way, so that only what contradicts counts. Of several, the one that fires, or the oldest.
 */
export function setOff(rehearsal: Named, alerts: Alert[]): Alert | undefined {
  return alerts
    .filter((alert) => alert.labels.alertname === rehearsal.name && !isAnothers(rehearsal, alert))
    .sort((a, b) => rank(a) - rank(b) || Date.parse(a.activeAt) - Date.parse(b.activeAt))[0];
}

/** The alerts of its name that fire for series other than the one that is driven. */
export function firingElsewhere(rehearsal: Named, alerts: Alert[]): Alert[] {
  return alerts.filter(
    (alert) => alert.labels.alertname === rehearsal.name && alert.state === 'firing' && isAnothers(rehearsal, alert),
  );
}

type Named = Pick<Rehearsal, 'name' | 'labels'>;

function isAnothers({ labels }: Named, alert: Alert): boolean {
  return Object.entries(labels).some(([label, value]) => (alert.labels[label] ?? value) !== value);
}

function rank({ state }: Alert): number {
  return state === 'firing' ? 0 : 1;
}

/** From a trigger until the alert fires: its condition has to come to hold, and then for its `for`. */
export function secondsToFire({ rise_seconds: rise, for: hold }: Pick<Rehearsal, 'rise_seconds' | 'for'>): number | undefined {
  const seconds = promSeconds(hold);
  return rise === null || seconds === undefined ? undefined : Math.round(rise + seconds);
}
