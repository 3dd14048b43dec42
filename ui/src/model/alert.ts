// Active alerts, as Prometheus' `/api/v1/alerts` lists them.

import { fingerprint, type Handlings } from './alertmanager';
import { isObject, list, text, texts } from './json';
import { seriesKey } from './query';

export interface Alert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  state: 'pending' | 'firing';
  /** RFC 3339: when its expression began to hold. */
  activeAt: string;
  /** As Prometheus prints it, `8.5e+01`. */
  value: string;
  /** By what Alertmanager keeps it quiet, if it does. */
  suppressed?: Suppression;
}

/** Why nobody is notified of an alert. */
export interface Suppression {
  /** The ids of silences. */
  silences: string[];
  /** The names of the alerts because of which it is quiet; of one that is not known, its fingerprint. */
  inhibitors: string[];
  /** The names of time intervals. */
  intervals: string[];
  /** RFC 3339: when the last silence ends; empty where there is none. */
  until: string;
}

/**
 * The alerts of a frame of the channel `alerts`; none of anything else. The gateway passes on what it gets, and not
 * every server that speaks Prometheus' API tells all of it: what is absent is empty, what is no active alert is left out.
 */
export function readAlerts(data: unknown, handlings: Handlings = new Map()): Alert[] {
  if (!isObject(data)) return [];
  const alerts = list(data.alerts)
    .filter(isObject)
    .flatMap(({ labels, annotations, state, activeAt, value }): Alert[] =>
      state === 'pending' || state === 'firing'
        ? [{ labels: texts(labels), annotations: texts(annotations), state, activeAt: text(activeAt), value: text(value) }]
        : [],
    );
  return handlings.size === 0 ? alerts : suppress(alerts, handlings);
}

function suppress(alerts: Alert[], handlings: Handlings): Alert[] {
  const known = alerts.map((alert) => [fingerprint(alert.labels), alert] as const);
  const names = new Map(known.map(([print, { labels }]) => [print, labels.alertname ?? '']));
  return known.map(([print, alert]) => {
    const handling = handlings.get(print);
    if (handling?.state !== 'suppressed') return alert;
    const { silencedBy: silences, inhibitedBy, mutedBy: intervals, until } = handling;
    const inhibitors = [...new Set(inhibitedBy.map((by) => names.get(by) ?? by))];
    return { ...alert, suppressed: { silences, inhibitors, intervals, until } };
  });
}

/** Whether the data of a frame are alerts; `null` means none of them. */
export function areAlerts(data: unknown): boolean {
  return isObject(data) && (data.alerts === null || Array.isArray(data.alerts));
}

/** Tells alerts apart: their labels, in order. */
export function alertKey({ labels }: Alert): string {
  return seriesKey(labels);
}
